#include "models/chip/crossbar_macro.h"

#include "models/crossbar/device_current.h"
#include "models/numeric/sums.h"

namespace settle {

CrossbarMacro::CrossbarMacro(const std::string& name, std::shared_ptr<const Connection> connection,
                             const ArraySpec& spec, std::uint64_t seed, Meter& meter)
    : name_(name),
      connection_(std::move(connection)),
      model_(name, connection_->bit_lines(), connection_->word_lines(), spec, seed),
      meter_(meter),
      read_noise_(seed, name, Purpose::read_noise) {}

void CrossbarMacro::multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const {
  y.resize(driven == Side::word_lines ? connection_->targets() : connection_->sources(), x.cols());
  const Matrix<float>& cells = model_.effective();
  block.for_chunks([&](Index, Index first, Index width) {
    connection_->add_product(driven, model_.weight_scale(), columns(cells, 0, cells.cols()), columns(x, first, width),
                             0.0f, columns(y, first, width));
  });
}

void CrossbarMacro::read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) {
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

void CrossbarMacro::book_read(const Block& block, Side driven, const Matrix<float>& x, double seconds) {
  const Vector<float>& conductance = line_conductance(driven, block.threads);
  std::vector<double> squares(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    Matrix<float> read_by_read;
    squares[std::size_t(k)] = weighted_sum_of_squares(
        conductance, connection_->lines(driven, columns(x, first, block.count(k)), read_by_read));
  });
  const Index lines = driven == Side::word_lines ? connection_->word_lines() : connection_->bit_lines();
  for (Index k = 0; k < block.chunks(); ++k) {
    const double reads = double(connection_->reads() * block.count(k));
    meter_.book(name_, action::array_read, double(lines) * reads,
                meter_.costs().array_read_j(squares[std::size_t(k)], seconds), seconds * reads);
  }
}

void CrossbarMacro::book_charge(const Block& block, Side driven, const Matrix<float>& x, double scale) {
  const Index cells =
      cells_per_weight(model_.spec().mapping) * (driven == Side::word_lines ? model_.targets() : model_.sources());
  std::vector<double> swings(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    Matrix<float> read_by_read;
    swings[std::size_t(k)] =
        sum_of_magnitudes(connection_->lines(driven, columns(x, first, block.count(k)), read_by_read));
  });
  const Index lines = driven == Side::word_lines ? connection_->word_lines() : connection_->bit_lines();
  for (Index k = 0; k < block.chunks(); ++k)
    meter_.book(name_, action::line_charge, double(lines * connection_->reads() * block.count(k)),
                meter_.costs().line_charge_j(scale * swings[std::size_t(k)], cells));
}

void CrossbarMacro::set_weights(const Matrix<float>& weights, int threads) {
  model_.set_weights(weights, threads);
  weights_changed();
}

void CrossbarMacro::set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads) {
  model_.set_states(plus, minus, threads);
  weights_changed();
}

void CrossbarMacro::add(const Matrix<float>& change, int threads) {
  model_.add(change, threads);
  weights_changed();
}

void CrossbarMacro::pulse(const Matrix<float>& counts, int threads) {
  catch_up(threads);
  // each pulse charges the device's bit line
  const PulseSum sum = model_.pulse(counts, round_++, threads);
  book_pulses(sum, sum.pulses * double(model_.sources()));
}

void CrossbarMacro::pulse(const PulseTrainBlock& trains, int threads) {
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

Index CrossbarMacro::reset_full_pairs(Matrix<float>& goal, int threads) {
  constexpr double margin = 0.1;  // of a device's range: what is left of it for the next updates
  const Index count = model_.reset_full_pairs(margin, goal, threads);
  const DevicePreset& device = model_.spec().device;
  // the two of a pair that are reset are about full: they have climbed together
  const double resets = 2.0 * double(count);
  if (count > 0) book_pulses({resets, resets * device.w_max}, resets * double(model_.sources()));
  return count;
}

void CrossbarMacro::catch_up(int threads) {
  if (!model_.changes_in_time()) return;
  const Time now = meter_.now();
  age((pending_ + Time::femtoseconds(now.femtoseconds() - caught_up_.femtoseconds())).to_seconds(), threads);
  pending_ = Time();
  caught_up_ = now;
}

void CrossbarMacro::age(double seconds, int threads) {
  if (seconds <= 0) return;
  model_.elapse(seconds, threads);
  weights_changed();
}

void CrossbarMacro::book_pulses(const PulseSum& sum, double charged_cells) {
  weights_changed();
  pulses_ += sum.pulses;
  const DevicePreset& device = model_.spec().device;
  // the mean conductance of a pulsed device, from the mean state
  const double conductance = sum.pulses > 0 ? sum.pulses * model_.conductance(sum.state / sum.pulses) : 0.0;
  meter_.book(name_, action::write_pulse, sum.pulses,
              meter_.costs().write_j(device.pulse_v, device.pulse_s, conductance, charged_cells));
}

Matrix<float> CrossbarMacro::verify(double& seconds) {
  book_conversions(model_.sources(), seconds);
  return model_.programmed();
}

Vector<float> CrossbarMacro::read_word_line(Index source, double& seconds) {
  book_conversions(1, seconds);
  return model_.effective().col(source);
}

// Word lines are driven one after the other; the bit lines' converters read the devices of each.
void CrossbarMacro::book_conversions(Index word_lines, double& seconds) {
  const Costs& costs = meter_.costs();
  const double cells = double(model_.targets()) * double(word_lines);
  const double word_line_s = costs.adc_conversion_s(model_.targets());
  const double share = double(word_lines) / double(model_.sources()), all_s = word_line_s * double(word_lines);
  meter_.book(name_, action::output_conversion, cells, costs.adc_conversion_j(8) * cells, all_s);
  meter_.book(name_, action::array_read, double(word_lines),
              costs.array_read_j(share * double(line_conductance(Side::word_lines, 1).sum()), word_line_s), all_s);
  seconds += all_s;
}

void CrossbarMacro::visit_state(Archive& archive) {
  model_.visit_state(archive);
  archive.count("rounds", round_);
  archive.count("reads", reads_);
  archive.number("pulses", pulses_);
  Time since = pending_ + Time::femtoseconds(meter_.now().femtoseconds() - caught_up_.femtoseconds());
  archive.time("since_caught_up", since);
  if (!archive.loading()) return;
  pending_ = since;
  caught_up_ = meter_.now();
  weights_changed();
}

void CrossbarMacro::weights_changed() {
  for (auto& c : conductance_) c.resize(0);
}

const Vector<float>& CrossbarMacro::line_conductance(Side side, int threads) {
  Vector<float>& c = conductance_[int(side)];
  if (c.size() > 0) return c;
  const bool words = side == Side::word_lines;
  c = (words ? model_.word_line_conductance(threads) : model_.bit_line_conductance(threads)).cast<float>();
  return c;
}

}  // namespace settle
