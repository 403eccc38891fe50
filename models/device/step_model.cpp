#include "settle/models/device/step_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace settle {
namespace {

// Inf would be the end of a fit that only overshoots.
double power_of(double base, double exponent) { return base > 0 ? std::pow(base, std::clamp(exponent, 0.0, 50.0)) : 0; }
double safe_exp(double x) { return std::exp(std::clamp(x, -50.0, 50.0)); }

double interpolated(const std::vector<double>& states, const double* logarithms, double state) {
  const auto above = std::upper_bound(states.begin(), states.end(), state);
  if (above == states.begin()) return std::exp(logarithms[0]);
  if (above == states.end()) return std::exp(logarithms[states.size() - 1]);
  const auto i = std::size_t(above - states.begin());
  const double share = (state - states[i - 1]) / (states[i] - states[i - 1]);
  return (1 - share) * safe_exp(logarithms[i - 1]) + share * safe_exp(logarithms[i]);
}

}  // namespace

StepModel::StepModel(Response response, double z_slope, States states, double start_gamma)
    : response_(response), z_slope_(z_slope), states_(std::move(states)), start_gamma_(start_gamma) {
  if (response == Response::exact) throw std::logic_error("StepModel: an exact device takes no pulses");
  if (response == Response::linear || response == Response::power) shape_ = {"gamma_up", "gamma_down"};
  if (response == Response::exponential) shape_ = {"a_up", "gamma_up", "a_down", "gamma_down"};
  for (std::size_t i = 0; i < states_.up.size(); ++i) shape_.push_back("up" + std::to_string(i + 1));
  for (std::size_t i = 0; i < states_.down.size(); ++i) shape_.push_back("down" + std::to_string(i + 1));
}

StepModel::Numbers StepModel::start(const std::vector<std::array<double, 4>>& devices) const {
  Numbers n = Numbers::Zero(of_device(Index(devices.size())));
  switch (response_) {
    case Response::linear:
      n.head(2).setConstant(0.3);
      break;
    case Response::power:
      n.head(2).setConstant(1);
      break;
    case Response::exponential:
      n.head(4) << (z_slope_ > 0 ? 0.3 : -0.3), start_gamma_, (z_slope_ > 0 ? 0.3 : -0.3), start_gamma_;
      break;
    default:
      break;
  }
  for (std::size_t d = 0; d < devices.size(); ++d) {
    const auto& [up, down, upper, lower] = devices[d];
    // a soft bound is never reached
    const double beyond =
        response_ == Response::soft_bounds || response_ == Response::power ? 0.1 * (upper - lower) : 0;
    n.segment(of_device(Index(d)), 4) << std::log(up), std::log(down), upper + beyond, lower - beyond;
  }
  return n;
}

StepModel::Law StepModel::law(const Numbers& n, Index device) const {
  const Index at = of_device(device);
  return {*this, n.data(), safe_exp(n[at]), safe_exp(n[at + 1]), n[at + 2], n[at + 3]};
}

double StepModel::Law::size(double w, bool rising) const {
  const double s = rising ? step_up : step_down;
  const int direction = rising ? 0 : 1;
  switch (model.response_) {
    case Response::constant:
      return s;
    case Response::linear:
      return s * std::max(0.0, 1 - shape[direction] * (rising ? w : -w));
    case Response::soft_bounds:
      return s * std::max(0.0, 1 - w / (rising ? upper : lower));
    case Response::exponential: {
      const double* own = direction == 0 ? shape : shape + 2;
      const double z = model.z_slope_ * w, gamma = own[1];
      return s * std::max(0.0, 1 - own[0] * safe_exp(rising ? gamma * z : -gamma * z));
    }
    case Response::power:
      return s * power_of((rising ? upper - w : w - lower) / (upper - lower), shape[direction]);
    default:
      return rising ? s * interpolated(model.states_.up, shape, w)
                    : s * interpolated(model.states_.down, shape + model.states_.up.size(), w);
  }
}

}  // namespace settle
