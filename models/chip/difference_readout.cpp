#include "settle/models/chip/difference_readout.h"

#include <algorithm>
#include <cmath>

#include "settle/models/numeric/sums.h"
#include "settle/models/sense/sense_amplifier.h"

namespace settle {
namespace {

double own_variance(const DifferenceReadoutSpec& spec, const ChipSpec& chip) {
  if (!spec.thermal || spec.readout != Readout::difference) return 0;
  return own_noise_v2(spec.amplifier, chip.temperature_k) / (chip.neuron_full_scale_v * chip.neuron_full_scale_v);
}

}  // namespace

DifferenceReadout::DifferenceReadout(const DifferenceReadoutSpec& spec, const std::string& population, Index neurons,
                                     double scale, double expected, std::uint64_t seed, Meter& meter)
    : spec_(spec),
      name_(population + "_hold"),
      neurons_(neurons),
      scale_(scale),
      meter_(meter),
      hold_noise_(HoldBank(spec.hold, meter.costs().chip(), 1, population, seed).noise()),
      hold_(HoldBank(spec.hold, meter.costs().chip(), neurons, population, seed), population, seed),
      amplifier_(spec.amplifier, own_variance(spec, meter.costs().chip()), neurons, population, seed),
      adc_(population + "_adc",
           AdcBank(spec.adc, spec.adc_errors, neurons, meter.costs().chip().adc_columns, population + "_adc", seed),
           meter),
      gain_(ranging_gain(float(expected), 1.0f, float(spec.amplifier.most_gain))),
      largest_gain_(gain_),
      zeros_(spec.readings) {
  if (!spec.lock_in) return;
  const ChipSpec chip = with_hold_capacitance(meter.costs().chip(), spec.amplifier.load_f);
  lock_in_ = std::make_unique<LockInCapacitors>(spec.hold, chip, neurons, population, seed);
}

void DifferenceReadout::hold(const Block& block, const Matrix<float>& state) {
  hold_.hold(block, state);
  book_sample(block);
}

// A capacitor cannot drive a converter: its amplifier, at a gain of one, does.
double DifferenceReadout::read_held(const Block& block, double held_s, Matrix<float>& state) {
  book_amplifiers(block, 1, 0, conversion_s());
  hold_.read(block, held_read_s(held_s), state);
  adc_.count_clipped(block, state, 1.0f, clipped_states_);
  return adc_.convert(block, state);
}

// Held states are converted after the differences, which suffer more from droop.
double DifferenceReadout::held_read_s(double held_s) const { return held_s + conversion_s(); }

double DifferenceReadout::conversion_s() const { return meter_.costs().adc_conversion_s(neurons_, spec_.adc.bits); }

double DifferenceReadout::read(const Block& block, const Matrix<float>& state, const Matrix<float>& change,
                               double held_s, Matrix<float>& difference) {
  const std::uint32_t reading = hold_.readings();
  sample(block, state, change, held_s, difference);
  if (spec_.readout != Readout::difference) {
    book_amplifiers(block, 1, spec_.amplifier.settle_s, conversion_s());
    note_size(block, difference);
    return read_absolute(block, held_s, difference);
  }
  return convert(block, reading, difference);
}

void DifferenceReadout::sample(const Block& block, const Matrix<float>& state, const Matrix<float>& change,
                               double held_s, Matrix<float>& difference) {
  hold_.subtract(block, state, change, scale_, held_s, difference);
  book_sample(block);
}

double DifferenceReadout::read_lines(const Block& block, const Matrix<float>& lines, double held_s,
                                     Matrix<float>& difference) {
  const std::uint32_t reading = hold_.readings();
  sample_lines(block, lines, held_s, difference);
  return convert(block, reading, difference);
}

void DifferenceReadout::sample_lines(const Block& block, const Matrix<float>& lines, double held_s,
                                     Matrix<float>& difference) {
  difference.resize(lines.rows(), lines.cols());
  const HoldBank& held = hold_.capacitors();
  Vector<float> fall;
  if (held.moves()) fall = SampleHold::per_scale(scale_) * (held.shift(held_s) - held.shift_of_all(held_s));
  block.for_chunks([&](Index, Index first, Index width) {
    difference.middleCols(first, width) = lines.middleCols(first, width);
    if (fall.size() > 0) difference.middleCols(first, width).colwise() -= fall;
  });
  hold_.count_reading();
}

double DifferenceReadout::integrate(const Block& block, const Matrix<float>& state, const Matrix<float>& change,
                                    double held_s, float sign) {
  const std::uint32_t reading = hold_.readings();
  Matrix<float> difference;
  sample(block, state, change, held_s, difference);
  return add_up(block, reading, held_s, sign, difference);
}

double DifferenceReadout::integrate_lines(const Block& block, const Matrix<float>& lines, double held_s, float sign) {
  const std::uint32_t reading = hold_.readings();
  Matrix<float> difference;
  sample_lines(block, lines, held_s, difference);
  return add_up(block, reading, held_s, sign, difference);
}

// All neurons' capacitors are charged at the same time, in that of one conversion.
double DifferenceReadout::add_up(const Block& block, std::uint32_t reading, double held_s, float sign,
                                 Matrix<float>& difference) {
  const double seconds = 1 / meter_.costs().chip().adc_rate_hz;
  book_amplifiers(block, gain_, spec_.amplifier.settle_s, seconds);
  const ChipSpec& chip = meter_.costs().chip();
  book_charge(block, sample_hold_j(with_hold_capacitance(chip, spec_.amplifier.load_f)));
  amplify(block, reading, difference);
  lock_in_->add(block, sign, SampleHold::per_scale(scale_) / gain_, held_s, difference);
  return seconds;
}

// As with held states, an amplifier of a gain of one drives the converters.
double DifferenceReadout::read_integral(const Block& block, double held_s, Matrix<float>& difference) {
  book_amplifiers(block, 1, 0, conversion_s());
  lock_in_->share(block, SampleHold::per_scale(scale_) / gain_, held_s, difference);
  note_size(block, difference);
  const float gain = gain_ * float(scale_);
  adc_.count_clipped(block, difference, gain, clipped_differences_);
  const double seconds = adc_.convert(block, difference, gain);
  if (zeros_[0].size() > 0) difference.colwise() -= zeros_[0];
  return seconds;
}

void DifferenceReadout::set_signal(double signal) {
  gain_ = ranging_gain(float(spec_.amplifier.headroom * size_rms() * signal / scale_), 1.0f,
                       float(spec_.amplifier.most_gain));
  largest_gain_ = std::max(largest_gain_, gain_);
  size_ = {};
  scale_ = signal;
  for (Vector<float>& zero : zeros_) zero.resize(0);
}

void DifferenceReadout::amplify(const Block& block, std::uint32_t reading, Matrix<float>& difference) {
  block.for_chunks([&](Index, Index first, Index width) {
    amplifier_.apply(columns(difference, first, width), gain_, SampleHold::per_scale(scale_),
                     block.first_sample + std::uint64_t(first), reading);
  });
}

// Amplifies and converts differences, and takes off the zero of this reading.
double DifferenceReadout::convert(const Block& block, std::uint32_t reading, Matrix<float>& difference) {
  book_amplifiers(block, gain_, spec_.amplifier.settle_s, conversion_s());
  amplify(block, reading, difference);
  note_size(block, difference);
  const float gain = gain_ * float(scale_);
  adc_.count_clipped(block, difference, gain, clipped_differences_);
  const double seconds = adc_.convert(block, difference, gain);
  const Vector<float>& zero = zeros_[std::min<std::size_t>(reading, zeros_.size() - 1)];
  if (zero.size() > 0) difference.colwise() -= zero;
  return seconds;
}

bool DifferenceReadout::is_calibrated() const {
  return std::all_of(zeros_.begin(), zeros_.end(), [](const Vector<float>& zero) { return zero.size() > 0; });
}

// Reads both states at full scale; the host subtracts their codes.
double DifferenceReadout::read_absolute(const Block& block, double held_s, Matrix<float>& difference) {
  Matrix<float> held;
  hold_.read(block, held_s, held);
  Matrix<float> clamped = held + float(scale_) * difference;
  adc_.count_clipped(block, clamped, 1.0f, clipped_states_);
  const double seconds = adc_.convert(block, clamped);
  hold_.read(block, held_read_s(held_s), held);
  adc_.model().convert(columns(held, 0, held.cols()));  // the host has this code from read_held
  difference = (clamped - held) * SampleHold::per_scale(scale_);
  return seconds;
}

void DifferenceReadout::book_sample(const Block& block) { book_charge(block, meter_.costs().sample_hold_j()); }

void DifferenceReadout::book_charge(const Block& block, const Energy& each) {
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(neurons_ * block.count(k));
    meter_.book(name_, action::sample_hold, samples, each * samples);
  }
}

// They settle behind their gain, to half a code, while they are on before the first conversion and in its own time.
double DifferenceReadout::gbw_hz(float gain, double settle_s) const {
  return gbw_needed_hz(double(gain), charged_bits(spec_.adc.bits), settle_s + 1 / meter_.costs().chip().adc_rate_hz);
}

double DifferenceReadout::amplifier_noise() const {
  return spec_.readout == Readout::difference ? double(amplifier_.noise(gain_)) : 0;
}

double DifferenceReadout::largest_gbw_hz() const {
  const double buffer_hz = gbw_hz(1, 0);
  if (spec_.readout == Readout::absolute) return buffer_hz;
  return std::max(buffer_hz, gbw_hz(largest_gain_, spec_.amplifier.settle_s));
}

// The bias is what the gain in use takes, or the one at rest where that is larger.
void DifferenceReadout::book_amplifiers(const Block& block, float gain, double settle_s, double reading_s) {
  const Costs& costs = meter_.costs();
  const double at_rest_a = costs.cost().hold_current_a[1],
               needed_a = bandwidth_bias_a(spec_.amplifier, gbw_hz(gain, settle_s));
  const Action& decides = needed_a > at_rest_a ? action::amplifier_bandwidth : action::difference_amplifier;
  const double watts = std::max(needed_a, at_rest_a) * costs.chip().supply_v;
  const double seconds = settle_s + reading_s;
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(block.count(k)), amplifiers = double(neurons_) * samples;
    meter_.book(name_, decides, amplifiers, heat(watts * amplifiers * seconds), seconds * samples);
  }
}

// Adds up the size of this batch's differences, as fractions of full scale.
void DifferenceReadout::note_size(const Block& block, const Matrix<float>& difference) {
  std::vector<double> squares(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    squares[std::size_t(k)] = sum_of_squares(columns(difference, first, block.count(k)));
  });
  for (Index k = 0; k < block.chunks(); ++k) {
    size_.square_sum += squares[std::size_t(k)] * scale_ * scale_;
    size_.count += double(difference.rows() * block.count(k));
  }
}

void DifferenceReadout::range() {
  if (size_.count == 0) return;
  gain_ = ranging_gain(float(spec_.amplifier.headroom * size_rms()), 1.0f, float(spec_.amplifier.most_gain));
  largest_gain_ = std::max(largest_gain_, gain_);
  size_ = {};
}

void DifferenceReadout::visit_state(Archive& archive) {
  archive.number("gain", gain_);
  if (archive.loading()) largest_gain_ = gain_;
  if (archive.keeps("largest_gain")) archive.number("largest_gain", largest_gain_);
  archive.number("square_sum", size_.square_sum);
  archive.number("square_count", size_.count);
  for (std::size_t reading = 0; reading < zeros_.size(); ++reading) {
    const std::string name = "zero_" + std::to_string(reading);
    if (archive.loading()) zeros_[reading].resize(0);
    if (archive.keeps(name)) archive.vector(name, zeros_[reading], "1", "reading of each neuron that stands for zero");
  }
  if (!archive.complete()) return;
  clipped_states_.visit_state("clipped_states", archive);
  clipped_differences_.visit_state("clipped_differences", archive);
}

}  // namespace settle
