#include "settle/models/device/response.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace settle {
namespace {

// A device's steps at full response, over dw_min.
double nominal_gain(const DevicePreset& p, bool rising) {
  return rising ? 1 + std::min(p.bias, 0.0) : 1 - std::max(p.bias, 0.0);
}

}  // namespace

double divisor(const DevicePreset& p, double bound, bool upper) {
  const double least = 1e-6 * (p.w_max - p.w_min);
  return upper ? std::max(bound, least) : std::min(bound, -least);
}

double nominal_step(const DevicePreset& p, double w, bool rising) {
  const double gain = nominal_gain(p, rising), s = p.dw_min * gain, range = p.w_max - p.w_min;
  const double bound = divisor(p, rising ? p.w_max : p.w_min, rising), gamma = rising ? p.gamma_up : p.gamma_down;
  switch (p.response) {
    case Response::constant:
      return s;
    case Response::linear:
      return s * std::max(0.0, 1 - gamma * w / bound);
    case Response::soft_bounds:
      return s * std::max(0.0, 1 - w / bound);
    case Response::exponential: {
      const double z = 2 * p.z_slope * w / range + p.z_offset;
      const double bend = rising ? p.a_up * std::exp(gamma * z) : p.a_down * std::exp(-gamma * z);
      return s * std::max(0.0, 1 - bend);
    }
    case Response::power:
      return s * std::pow(std::max(0.0, (rising ? p.w_max - w : w - p.w_min) / range), gamma);
    case Response::table: {
      const MeasuredSteps& steps = rising ? p.table.up : p.table.down;
      return gain * interpolate(steps.state, steps.mean, w);
    }
    case Response::exact:
      break;
  }
  throw std::logic_error("nominal_step: an exact device takes no pulses");
}

double largest_nominal_step(const DevicePreset& p, bool rising) {
  // laws that are no table are monotonic in the state
  double largest = std::max(nominal_step(p, p.w_min, rising), nominal_step(p, p.w_max, rising));
  if (p.response != Response::table) return largest;
  for (const double state : (rising ? p.table.up : p.table.down).state)
    if (state >= p.w_min && state <= p.w_max) largest = std::max(largest, nominal_step(p, state, rising));
  return largest;
}

double nominal_noise(const DevicePreset& p, double w, bool rising) {
  if (p.response == Response::table) {
    const MeasuredSteps& steps = rising ? p.table.up : p.table.down;
    return interpolate(steps.state, steps.deviation, w);
  }
  const double step = p.ctoc_shrinks != 0 ? nominal_step(p, w, rising) : p.dw_min * nominal_gain(p, rising);
  return p.ctoc * (step + p.ctoc_add + p.ctoc_slope * std::abs(w));
}

ResponseLaw response_law(const DevicePreset& p) {
  ResponseLaw law{};
  law.response = p.response;
  (p.ctoc_shrinks != 0 ? law.ctoc : law.ctoc_full) = float(p.ctoc);
  law.noise_add = float(p.ctoc * p.ctoc_add);
  law.noise_slope = float(p.ctoc * p.ctoc_slope);
  law.a_up = float(p.a_up);
  law.a_down = float(p.a_down);
  law.gamma_up = float(p.gamma_up);
  law.gamma_down = float(p.gamma_down);
  law.z_slope = float(2 * p.z_slope / (p.w_max - p.w_min));
  law.z_offset = float(p.z_offset);
  if (p.response == Response::table) law.table = step_grid(p.table, p.dw_min);
  return law;
}

}  // namespace settle
