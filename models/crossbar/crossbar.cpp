#include "models/crossbar/crossbar.h"

namespace settle {

Crossbar::Crossbar(const std::string& name, Index targets, Index sources, const CrossbarSpec& spec, std::uint64_t seed)
    : spec_(spec), devices_(name, targets, sources, spec.device, seed) {
  const DevicePreset& d = spec.device;
  weight_scale_ = d.response == Response::exact ? 1.0f : float(spec.weight_at_bound / d.w_max);
  conductance_per_state_ = (spec.conductance_max_s - spec.conductance_min_s) / (d.w_max - d.w_min);
  conductance_at_zero_ = spec.conductance_min_s - d.w_min * conductance_per_state_;
}

void Crossbar::read_forward(ConstView<float> x, View<float> y) const {
  gemm<float>(Op::none, Op::none, weight_scale_, columns(normalised(), 0, sources()), x, 0.0f, y);
}

void Crossbar::read_transposed(ConstView<float> y, View<float> x) const {
  gemm<float>(Op::transpose, Op::none, weight_scale_, columns(normalised(), 0, sources()), y, 0.0f, x);
}

void Crossbar::add(const Matrix<float>& change, int threads) {
  if (weight_scale_ == 1.0f) {
    devices_.add(change, threads);
  } else {
    devices_.add(change / weight_scale_, threads);
  }
}

Vector<double> Crossbar::word_line_conductance() const {
  const Vector<float> devices = conductances().matrix().colwise().sum().transpose();
  return devices.cast<double>().array() + conductance_at_zero_ * double(targets());
}

Vector<double> Crossbar::bit_line_conductance() const {
  const Vector<float> devices = conductances().matrix().rowwise().sum();
  return devices.cast<double>().array() + conductance_at_zero_ * double(sources());
}

}  // namespace settle
