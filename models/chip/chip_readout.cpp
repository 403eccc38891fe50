// The chip's readings: logits, held states and differences, with the noise of all that is on the way.
#include <algorithm>
#include <cmath>
#include <utility>

#include "settle/models/chip/chip.h"
#include "settle/models/settling/phase.h"

namespace settle {

void Chip::read_logits(Matrix<float>& logits) {
  enter(Phase::readout);  // the circuit stands until its logits are converted
  logits.resize(design_.graph.population(circuit_->readout()).size, block_.columns());
  Matrix<float> change(clamped_ ? logits.rows() : 0, clamped_ ? logits.cols() : 0);
  block_.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk = state_.chunk(first, width);
    settle::read_logits(*circuit_, chunk, columns(logits, first, width));
    if (!clamped_) return;
    read_logits_difference(*circuit_, chunk, columns(change, first, width));
    columns(logits, first, width) += columns(change, first, width);
  });
  add_readout_noise(logits);
  sense_->change_logits(block_, readings_, logits);
  ++readings_;
  logit_adc_->count_clipped(block_, logits, 1.0f, clipped_logits_);
  const double seconds = readout_settling_s() + logit_adc_->convert(block_, logits);
  held_s_ += seconds;
  pass(seconds, block_.samples);
}

// What the read-out's amplifiers, which are on while logits are read, take to settle to half a code beyond the time in
// which a converter samples the first logit.
double Chip::readout_settling_s() const {
  if (design_.sense.gbw_hz == 0) return 0;  // they are as fast as that
  const int bits = int(design_.converter.adc_bits);
  const double settles_s = sense(circuit_->readout()).slowest_s() * (charged_bits(bits) + 1) * std::log(2.0);
  return std::max(0.0, settles_s - meter_.costs().adc_conversion_s(1, bits));
}

// The ADCs sample what the read-out's arrays, with their own noise, make of states that are as noisy as held ones.
void Chip::add_readout_noise(Matrix<float>& logits) {
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const Read<float>& read = reads[i];
    if (read.role != Role::readout) continue;
    const CrossbarMacro& array = reads_->array(i);
    // the input has DACs in place of neurons
    static const Matrix<float> none;
    const Matrix<float>& noise = read.driver > 0 ? output_noise(read.driver) : none;
    const Matrix<float>& states = state_.bank(read.driver).state;
    const Stream of_array(design_.seed, array.name(), Purpose::read_noise);
    block_.for_chunks([&](Index, Index first, Index width) {
      if (reads_are_noisy_)
        array.model().add_read_noise(of_array, block_.first_sample + std::uint64_t(first), readings_,
                                     columns(states, first, width), columns(logits, first, width));
      if (noise.size() > 0)
        read.weights.add_product(read.side, read.factor(), columns(noise, first, width), 1.0f,
                                 columns(logits, first, width));
    });
  }
}

// Samples the free states.
void Chip::hold() {
  go_idle();
  enter(Phase::hold);
  for (Index p = 1; p < circuit_->readout(); ++p) {
    const Matrix<float>& state = noisy_state(p);
    difference_readout(p).hold(block_, state);
    if (lines_carry_differences()) hold_drive(p, state);
  }
  held_is_new_ = true;
  held_s_ = converting_until_s_ = 0;
}

// The states as anything that looks at them finds them.
const Matrix<float>& Chip::noisy_state(Index p) {
  const Matrix<float>& noise = output_noise(p);
  if (noise.size() == 0) return state_.bank(p).state;
  const Matrix<float>& state = state_.bank(p).state;
  noisy_.resize(state.rows(), state.cols());
  block_.for_chunks([&](Index, Index first, Index width) {
    noisy_.middleCols(first, width) = state.middleCols(first, width) + noise.middleCols(first, width);
  });
  return noisy_;
}

void Chip::read_held(std::vector<Matrix<float>>& states) {
  go_idle();
  states.resize(design_.graph.populations.size());
  double longest_s = 0;  // each bank has converters of its own, which work at the same time
  for (Index p = 0; p < circuit_->readout(); ++p) longest_s = std::max(longest_s, read_held(p, states[std::size_t(p)]));
  pass(Phase::contrast, longest_s, block_.samples);
}

double Chip::read_held(Index p, Matrix<float>& state) {
  enter(Phase::contrast);
  if (p > 0) return difference_readout(p).read_held(block_, held_s_, state);
  state.resize(input_.rows(), input_.cols());  // its codes the host has sent itself
  block_.for_chunks(
      [&](Index, Index first, Index width) { state.middleCols(first, width) = input_.middleCols(first, width); });
  return 0;
}

// The clamped states stand until their differences are converted.
void Chip::read_differences(std::vector<Matrix<float>>& differences) {
  convert_differences(differences);
  go_idle();
}

void Chip::convert_differences(std::vector<Matrix<float>>& differences) {
  differences.resize(design_.graph.populations.size());
  double longest_s = 0;  // banks are read at the same time
  for (Index p = 1; p < circuit_->readout(); ++p)
    longest_s = std::max(longest_s, read_difference(p, differences[std::size_t(p)]));
  pass(Phase::contrast, longest_s, block_.samples);
}

double Chip::read_difference(Index p, Matrix<float>& difference) {
  enter(Phase::contrast);
  const Matrix<float>& on_lines = noisy_difference(p);
  DifferenceReadout& readout = difference_readout(p);
  read_at_s_[next_reading(p)] = held_s_;
  const double seconds = lines_carry_differences()
                             ? readout.read_lines(block_, on_lines, held_s_, difference)
                             : readout.read(block_, state_.bank(p).state, on_lines, held_s_, difference);
  converting_until_s_ = std::max(converting_until_s_, held_s_ + seconds);
  return seconds;
}

// Which of a sample's readings comes next.
std::size_t Chip::next_reading(Index p) const {
  return std::min<std::size_t>(difference_readout(p).sample_hold().readings(), read_at_s_.size() - 1);
}

// The differences as anything that looks at them finds them, over the signal.
const Matrix<float>& Chip::noisy_difference(Index p) {
  const BankState<float>& bank = state_.bank(p);
  const Matrix<float>& noise = output_noise(p);
  const Matrix<float> none;
  const Matrix<float>& offset = lines_carry_differences() ? bank.line_offset : none;
  const float per_signal = SampleHold::per_scale(circuit_->signal(p));
  if (noise.size() == 0 && offset.size() == 0) return bank.difference;
  noisy_.resize(bank.difference.rows(), bank.difference.cols());
  block_.for_chunks([&](Index, Index first, Index width) {
    const auto part = [&](const Matrix<float>& m) { return m.middleCols(first, width); };
    if (noise.size() > 0 && offset.size() > 0)
      noisy_.middleCols(first, width) = part(bank.difference) + per_signal * part(noise) + per_signal * part(offset);
    else
      noisy_.middleCols(first, width) = part(bank.difference) + per_signal * part(noise.size() > 0 ? noise : offset);
  });
  return noisy_;
}

// Holds a bank's drives, from which its differences are made, beside the free states, which have been held as `state`,
// with noise. What holding a state adds is missing in all differences to it.
void Chip::hold_drive(Index p, const Matrix<float>& state) {
  DriveHold& drives = *drive_holds_[std::size_t(p)];
  drives.hold(block_);
  difference_readout(p).book_sample(block_);
  sense_->hold(p, state_.bank(p).drive);
  const SampleHold& states = difference_readout(p).sample_hold();
  Matrix<float>& offset = line_offset_[std::size_t(p)];
  // noise of the drive is in both that are held; noise of the output, which only the held state has, is known by itself
  // in a transient alone
  const Matrix<float>& without = is_transient() ? state_.bank(p).state : state;
  offset.resize(state.rows(), state.cols());
  block_.for_chunks([&](Index, Index first, Index width) {
    offset.middleCols(first, width) = without.middleCols(first, width) - states.held().middleCols(first, width);
  });
  if (!is_transient()) drives.add_output_noise(block_, offset);
  if (states.capacitors().moves() || (offset.array() != 0).any()) return;
  offset.resize(0, 0);
}

// What is held moves on while the clamped phase settles: it is taken as it is when differences are read. Returns
// whether it has changed.
bool Chip::offset_held(double held_s) {
  if (!lines_carry_differences()) return false;
  bool changed = false;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    BankState<float>& bank = state_.bank(p);
    const HoldBank& states = difference_readout(p).sample_hold().capacitors();
    if (!held_is_new_ && !states.moves()) continue;  // the drives' capacitors are of the same kind
    changed = true;
    drive_holds_[std::size_t(p)]->offset(held_s, bank.drive_offset);
    sense_->add_offset(p, block_.columns(), bank.drive_offset);
    if (!states.moves()) {
      bank.line_offset.swap(line_offset_[std::size_t(p)]);
      continue;
    }
    bank.line_offset = line_offset_[std::size_t(p)];
    bank.line_offset.colwise() -= states.shift_of_all(held_s);
  }
  held_is_new_ = false;
  return changed;
}

// The octave at which a bank's differences, as large as those of the last batch, stand out of the noise, and keep to
// the straight part of their neurons' curves: their rms is to be eight times that of a held state's noise, between
// 1/256 and 1/32 of full scale. The octave stays while it is between a quarter of that and all of it. Returns whether
// it has changed.
bool Chip::choose_amplitude(Index p) {
  constexpr double least = 1.0 / 4096, most = 64;
  const double noise = std::hypot(difference_readout(p).hold_noise(), design_.neuron.noise);
  const double size = std::clamp(8 * noise, 1.0 / 256, 1.0 / 32);
  const double rms = difference_readout(p).size_rms(), now = circuit_->signal(p);
  if (rms == 0 || (rms <= size && rms >= size / 4)) return false;
  const double signal = std::clamp(std::exp2(std::floor(std::log2(now * size / rms))), least, most);
  if (signal == now) return false;
  set_signal(p, signal);
  return true;
}

void Chip::set_signal(Index p, double signal) {
  if (!lines_carry_differences()) return;
  circuit_->set_signal(p, signal);
  transient_->refresh();
  difference_readout(p).set_signal(signal);
  zeroed_gains_.clear();  // zeros are in units of the signal
}

void Chip::range_amplifiers() {
  const bool chooses = lines_carry_differences() && design_.learning.difference_amplitude == 0;
  bool changed = false;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    constexpr double least_samples = 32;  // single samples differ by far more than an octave
    if (chooses && difference_readout(p).sized_samples() < least_samples) continue;
    if (chooses) changed = choose_amplitude(p) || changed;
    difference_readout(p).range();
  }
  if (changed) sense_->signals_change();
  if (sense_->end_batch() || changed) refresh_sense();
  if (design_.settling.start == Start::any || design_.settling.analysis != Analysis::operating_point) return;
  sense_->enter(false);  // of the free phase, which is what is followed
  refresh_coupling();
}

}  // namespace settle
