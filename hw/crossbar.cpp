#include "hw/crossbar.h"

#include "models/crossbar/device_current.h"
#include "models/numeric/sums.h"

namespace settle::hw {

Crossbar::Crossbar(sc_core::sc_module_name module_name, Index targets, Index sources, const ArraySpec& spec,
                   std::uint64_t seed)
    : sc_module(module_name),
      model_(basename(), targets, sources, spec, seed),
      read_noise_(seed, basename(), Purpose::read_noise) {}

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
  if (model_.curvature() > 0) {
    lines_.resize(x.rows(), x.cols());
    drive_line(model_.curvature(), columns(x, 0, x.cols()), columns(lines_, 0, x.cols()));
  }
  const Matrix<float>& lines = model_.curvature() > 0 ? lines_ : x;
  multiply(block, driven, lines, y);
  block.for_chunks([&](Index, Index first, Index width) {
    model_.add_read_noise(read_noise_, block.first_sample + std::uint64_t(first), reads_, columns(lines, first, width),
                          columns(y, first, width));
  });
  ++reads_;
  book_charge(block, driven, x, 1.0);
  book_read(block, driven, x, seconds);
}

void Crossbar::book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds) {
  const Vector<float>& conductance = line_conductance(driven, block.threads);
  std::vector<double> squares(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    squares[std::size_t(k)] = weighted_sum_of_squares(conductance, columns(x, first, block.count(k)));
  });
  for (Index k = 0; k < block.chunks(); ++k)
    meter->book(basename(), Action::array_read, double(x.rows() * block.count(k)),
                meter->costs().array_read_j(squares[std::size_t(k)], seconds));
}

void Crossbar::book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale) {
  const Index cells =
      cells_per_weight(model_.spec().mapping) * (driven == Side::word_lines ? model_.targets() : model_.sources());
  std::vector<double> swings(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    swings[std::size_t(k)] = sum_of_magnitudes(columns(x, first, block.count(k)));
  });
  for (Index k = 0; k < block.chunks(); ++k)
    meter->book(basename(), Action::line_charge, double(x.rows() * block.count(k)),
                meter->costs().line_charge_j(scale * swings[std::size_t(k)], cells));
}

void Crossbar::set_weights(const Matrix<float>& weights, int threads) {
  model_.set_weights(weights, threads);
  weights_changed();
}

void Crossbar::set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads) {
  model_.set_states(plus, minus, threads);
  weights_changed();
}

void Crossbar::add(const Matrix<float>& change, int threads) {
  model_.add(change, threads);
  weights_changed();
}

void Crossbar::pulse(const Matrix<float>& counts, int threads) {
  catch_up(threads);
  // each pulse charges the device's bit line
  const PulseSum sum = model_.pulse(counts, round_++, threads);
  book_pulses(sum, sum.pulses * double(model_.sources()));
}

void Crossbar::pulse(const PulseTrainBlock& trains, int threads) {
  catch_up(threads);
  // each line is charged for each slot in which it fires, whatever coincides
  const auto fired = [](const Matrix<std::uint32_t>& lines) {
    double slots = 0;
    for (Index i = 0; i < lines.size(); ++i) slots += __builtin_popcount(lines(i) & ~PulseTrainBlock::train_sign);
    return slots;
  };
  const double charged = fired(trains.words) * double(model_.targets()) + fired(trains.bits) * double(model_.sources());
  book_pulses(model_.pulse(trains, round_++, threads), charged);
}

Index Crossbar::reset_full_pairs(Matrix<float>& goal, int threads) {
  constexpr double margin = 0.1;  // of a device's range: what is left of it for the next updates
  const Index count = model_.reset_full_pairs(margin, goal, threads);
  const DevicePreset& device = model_.spec().device;
  // the two of a pair that are reset are about full: they have climbed together
  const double resets = 2.0 * double(count);
  if (count > 0) book_pulses({resets, resets * device.w_max}, resets * double(model_.sources()));
  return count;
}

void Crossbar::catch_up(int threads) {
  if (!model_.changes_in_time()) return;
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  age((now - caught_up_).to_seconds(), threads);
  caught_up_ = now;
}

void Crossbar::age(double seconds, int threads) {
  if (seconds <= 0) return;
  model_.elapse(seconds, threads);
  weights_changed();
}

void Crossbar::book_pulses(const PulseSum& sum, double charged_cells) {
  weights_changed();
  pulses_ += sum.pulses;
  const DevicePreset& device = model_.spec().device;
  // the mean conductance of a pulsed device, from the mean state
  const double conductance = sum.pulses > 0 ? sum.pulses * model_.conductance(sum.state / sum.pulses) : 0.0;
  meter->book(basename(), Action::write_pulse, sum.pulses,
              meter->costs().write_j(device.pulse_v, device.pulse_s, conductance, charged_cells));
}

Matrix<float> Crossbar::verify(double& seconds) {
  book_conversions(model_.sources(), seconds);
  return model_.programmed();
}

Vector<float> Crossbar::read_word_line(Index source, double& seconds) {
  book_conversions(1, seconds);
  return model_.effective().col(source);
}

// Word lines are driven one after the other; the bit lines' converters read the devices of each.
void Crossbar::book_conversions(Index word_lines, double& seconds) {
  const Costs& costs = meter->costs();
  const double cells = double(model_.targets()) * double(word_lines);
  const double word_line_s = costs.adc_conversion_s(model_.targets());
  const double share = double(word_lines) / double(model_.sources());
  meter->book(basename(), Action::output_conversion, cells, costs.adc_conversion_j(8) * cells);
  meter->book(basename(), Action::array_read, double(word_lines),
              costs.array_read_j(share * double(line_conductance(Side::word_lines, 1).sum()), word_line_s));
  seconds += word_line_s * double(word_lines);
}

void Crossbar::weights_changed() {
  for (auto& c : conductance_) c.resize(0);
}

const Vector<float>& Crossbar::line_conductance(Side side, int threads) {
  Vector<float>& c = conductance_[int(side)];
  if (c.size() > 0) return c;
  const bool words = side == Side::word_lines;
  c = (words ? model_.word_line_conductance(threads) : model_.bit_line_conductance(threads)).cast<float>();
  return c;
}

}  // namespace settle::hw
