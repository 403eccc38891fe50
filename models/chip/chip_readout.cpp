// The chip's readings: logits, held states and differences, with the noise of all that is on the way.
#include <algorithm>
#include <cmath>
#include <utility>

#include "models/chip/chip.h"
#include "models/settling/phase.h"

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
    const bool of_neurons = read.driver > 0;
    const Matrix<float>& states = state_.bank(read.driver).state;
    const Matrix<float>& extra = of_neurons ? extra_noise_of(read.driver) : none;
    const Matrix<float>& in_time = of_neurons ? transient_->bank(read.driver).noise() : none;
    const float rms = is_transient() || !of_neurons ? 0 : float(design_.neuron.noise);
    const Stream of_array(design_.seed, array.name(), Purpose::read_noise);
    const Stream of_states(design_.seed, design_.graph.population(read.driver).name, Purpose::readout);
    block_.for_chunks([&](Index, Index first, Index width) {
      if (reads_are_noisy_)
        array.model().add_read_noise(of_array, block_.first_sample + std::uint64_t(first), readings_,
                                     columns(states, first, width), columns(logits, first, width));
      if (rms == 0 && extra.size() == 0 && in_time.size() == 0) return;
      Matrix<float> noise = Matrix<float>::Zero(states.rows(), width);
      for (Index c = 0; c < width; ++c) {
        if (rms == 0 && extra.size() == 0) break;
        fill_normal(of_states, block_.first_sample + std::uint64_t(first + c), readings_, noise.col(c).data(),
                    noise.rows());
        if (extra.size() == 0) {
          noise.col(c) *= rms;
        } else {
          noise.col(c).array() *= (rms * rms + extra.col(first + c).array().square()).sqrt();
        }
      }
      if (in_time.size() > 0) noise += in_time.middleCols(first, width);
      read.weights.add_product(read.side, read.factor(), columns(std::as_const(noise), 0, noise.cols()), 1.0f,
                               columns(logits, first, width));
    });
  }
}

// Samples the free states. In a transient the outputs have their noise already, and the holds add none of it.
void Chip::hold() {
  go_idle();
  enter(Phase::hold);
  for (Index p = 1; p < circuit_->readout(); ++p) {
    const Matrix<float>& noise = transient_->bank(p).noise();
    const Matrix<float>& state = state_.bank(p).state;
    if (noise.size() > 0) noisy_ = state + noise;
    difference_readout(p).hold(block_, noise.size() > 0 ? noisy_ : state, extra_noise_of(p));
    if (lines_carry_differences()) hold_drive(p, state);
  }
  held_s_ = converting_until_s_ = 0;
}

// The rms noise that reads of arrays and membranes make in each state of population p: the independent noise of every
// cell, and the thermal noise of the membranes (which a transient has already), both through the neuron's slope. Empty
// where there is none. Noise on its way round the loop is left out: weak feedback makes it small.
const Matrix<float>& Chip::extra_noise_of(Index p) {
  static const Vector<float> none;
  const Vector<float>& membranes = is_transient() ? none : circuit_->bank(p).membrane_noise;
  if (!reads_are_noisy_ && membranes.size() == 0) return extra_noise_;
  Vector<float> variance = Vector<float>::Zero(block_.columns());
  const auto add = [&](double factor, std::size_t read, const Matrix<float>& x) {
    const float rms = float(factor * reads_->array(read).model().read_noise());
    variance += rms * rms * x.colwise().squaredNorm().transpose();
  };
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size() && reads_are_noisy_; ++i) {
    const Read<float>& read = reads[i];
    if (read.sink != p) continue;
    if (read.role == Role::input) add(read.gain, i, input_);
    if (read.role == Role::recurrent) add(read.gain, i, state_.bank(read.driver).state);
    if (read.role == Role::nudge && clamped_) add(read.gain * design_.learning.nudge, i, error_);
  }
  const Vector<float> rms = variance.cwiseSqrt();
  noise_of_states(circuit_->bank(p), state_.bank(p), rms, membranes, extra_noise_, block_.threads);
  return extra_noise_;
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
  differences.resize(design_.graph.populations.size());
  double longest_s = 0;  // banks are read at the same time
  for (Index p = 1; p < circuit_->readout(); ++p)
    longest_s = std::max(longest_s, read_difference(p, differences[std::size_t(p)]));
  pass(Phase::contrast, longest_s, block_.samples);
  go_idle();
}

double Chip::read_difference(Index p, Matrix<float>& difference) {
  enter(Phase::contrast);
  const BankState<float>& bank = state_.bank(p);
  const Matrix<float>& noise = transient_->bank(p).noise();
  const float per_signal = SampleHold::per_scale(circuit_->signal(p));
  if (noise.size() > 0) noisy_ = bank.difference + per_signal * noise;
  const Matrix<float>& on_lines = noise.size() > 0 ? noisy_ : bank.difference;
  DifferenceReadout& readout = difference_readout(p);
  read_at_s_[readout.next_sign()] = held_s_;
  double seconds = 0;
  if (lines_carry_differences()) {
    if (bank.line_offset.size() > 0 && noise.size() == 0) noisy_ = bank.difference;
    if (bank.line_offset.size() > 0) noisy_ += per_signal * bank.line_offset;
    seconds = readout.read_lines(block_, bank.line_offset.size() > 0 ? noisy_ : on_lines, held_s_, difference);
  } else {
    seconds = readout.read(block_, bank.state, on_lines, held_s_, extra_noise_of(p), difference);
  }
  converting_until_s_ = std::max(converting_until_s_, held_s_ + seconds);
  return seconds;
}

// Holds a bank's drives, from which its differences are made, beside the free states. What holding a state adds is
// missing in all differences to it.
void Chip::hold_drive(Index p, const Matrix<float>& state) {
  DriveHold& drives = *drive_holds_[std::size_t(p)];
  drives.hold(block_);
  const SampleHold& states = difference_readout(p).sample_hold();
  Matrix<float>& offset = line_offset_[std::size_t(p)];
  offset = state - states.held();
  if (states.capacitors().moves() || offset.cwiseAbs().maxCoeff() > 0) return;
  offset.resize(0, 0);
}

// What is held moves on while the clamped phase settles: it is taken as it is when differences are read.
void Chip::offset_held(double held_s) {
  if (!lines_carry_differences()) return;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    BankState<float>& bank = state_.bank(p);
    drive_holds_[std::size_t(p)]->offset(held_s, bank.drive_offset);
    const HoldBank& states = difference_readout(p).sample_hold().capacitors();
    bank.line_offset = line_offset_[std::size_t(p)];
    if (states.moves()) bank.line_offset.colwise() -= states.shift_of_all(held_s);
  }
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
}

void Chip::range_amplifiers() {
  if (lines_carry_differences() && design_.learning.difference_amplitude == 0) {
    bool changed = false;
    for (Index p = 1; p < circuit_->readout(); ++p) changed = choose_amplitude(p) || changed;
    if (changed) {
      sense_->signals_change();
      refresh_sense();
    }
  }
  for (Index p = 1; p < circuit_->readout(); ++p) difference_readout(p).range();
  if (sense_->end_batch()) refresh_sense();
}

}  // namespace settle
