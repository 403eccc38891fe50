#include "hw/crossbar.h"

namespace settle::hw {

Crossbar::Crossbar(sc_core::sc_module_name module_name, Index targets, Index sources, const CrossbarSpec& spec,
                   std::uint64_t seed)
    : sc_module(module_name), model_(basename(), targets, sources, spec, seed) {}

void Crossbar::multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const {
  y.resize(driven == Side::word_lines ? model_.targets() : model_.sources(), x.cols());
  block.for_chunks([&](Index, Index first, Index width) {
    if (driven == Side::word_lines) {
      model_.read_forward(columns(x, first, width), columns(y, first, width));
    } else {
      model_.read_transposed(columns(x, first, width), columns(y, first, width));
    }
  });
}

void Crossbar::read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) {
  multiply(block, driven, x, y);
  book_charge(block, driven, x, 1.0);
  book_read(block, driven, x, seconds);
}

void Crossbar::book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds) {
  const Vector<double>& conductance = line_conductance(driven);
  std::vector<double> squares(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    Vector<float> sum = Vector<float>::Zero(x.rows());
    for (Index c = first; c < first + block.count(k); ++c) sum += x.col(c).cwiseAbs2();
    squares[std::size_t(k)] = conductance.dot(sum.cast<double>());
  });
  for (Index k = 0; k < block.chunks(); ++k)
    meter->book(basename(), Action::array_read, double(x.rows() * block.count(k)),
                meter->costs().array_read_j(squares[std::size_t(k)], seconds));
}

void Crossbar::book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale) {
  const Index cells = 2 * (driven == Side::word_lines ? model_.targets() : model_.sources());
  std::vector<double> swings(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    for (Index c = first; c < first + block.count(k); ++c) swings[std::size_t(k)] += double(x.col(c).cwiseAbs().sum());
  });
  for (Index k = 0; k < block.chunks(); ++k)
    meter->book(basename(), Action::line_charge, double(x.rows() * block.count(k)),
                meter->costs().line_charge_j(scale * swings[std::size_t(k)], cells));
}

void Crossbar::set_weights(const Matrix<float>& weights) {
  model_.set_weights(weights);
  for (auto& c : conductance_) c.resize(0);
}

void Crossbar::set_state(const Matrix<float>& state) {
  model_.set_state(state);
  for (auto& c : conductance_) c.resize(0);
}

void Crossbar::add(const Matrix<float>& change, int threads) {
  model_.add(change, threads);
  for (auto& c : conductance_) c.resize(0);
}

void Crossbar::pulse(const Matrix<float>& counts, int threads) {
  const PulseSum sum = model_.pulse(counts, round_++, threads);
  for (auto& c : conductance_) c.resize(0);
  pulses_ += sum.pulses;
  const DevicePreset& device = model_.spec().device;
  // the mean conductance of a pulsed device, from the mean state; each pulse charges the device's bit line
  const double conductance = sum.pulses > 0 ? sum.pulses * model_.conductance(sum.state / sum.pulses) : 0.0;
  meter->book(basename(), Action::write_pulse, sum.pulses,
              meter->costs().write_j(device.pulse_v, device.pulse_s, sum.pulses, conductance, model_.sources()));
}

const Matrix<float>& Crossbar::verify(double& seconds) {
  const Costs& costs = meter->costs();
  const double cells = double(model_.targets()) * double(model_.sources());
  const double word_line_s = costs.adc_conversion_s(model_.targets());
  meter->book(basename(), Action::output_conversion, cells, costs.adc_conversion_j(8) * cells);
  meter->book(basename(), Action::array_read, double(model_.sources()),
              costs.array_read_j(line_conductance(Side::word_lines).sum(), word_line_s));
  seconds += word_line_s * double(model_.sources());
  return model_.normalised();
}

const Vector<double>& Crossbar::line_conductance(Side side) {
  Vector<double>& c = conductance_[int(side)];
  if (c.size() == 0) c = side == Side::word_lines ? model_.word_line_conductance() : model_.bit_line_conductance();
  return c;
}

}  // namespace settle::hw
