#include "settle/models/chip/chip_power.h"

#include <algorithm>

#include "settle/models/chip/chip.h"

namespace settle {

bool ChipPower::is_driven(std::size_t i) const {
  return chip_.driven_reads().is_driven(i, chip_.driven_phase(), chip_.meter().phase());
}

LineStates ChipPower::lines_of(const Read<float>& read) const {
  if (read.driver == 0) return chip_.driven_input();
  if (read.role == Role::nudge) return chip_.nudged_error();
  return lines_of(read.driver);
}

// The states on a population's lines: those of a clamped phase are the free ones and what the nudge adds. Noise counts
// beside free states, which clamped ones are close to.
LineStates ChipPower::lines_of(Index p) const {
  const BankState<float>& bank = chip_.state().bank(p);
  const float signal = float(chip_.circuit().signal(p));
  if (chip_.clamped() && chip_.circuit().clamped_lines() == ClampedLines::differences)
    return bank.line_offset.size() > 0 ? LineStates(bank.line_offset, bank.difference, signal)
                                       : LineStates::of_change(bank.difference, signal);
  if (chip_.clamped()) return {bank.state, bank.difference, signal};
  const Matrix<float>& noise = chip_.output_noise(p);
  return noise.size() > 0 ? LineStates(bank.state, noise, 1) : LineStates(bank.state);
}

void ChipPower::charge_lines() {
  const std::vector<Read<float>>& reads = chip_.circuit().reads();
  if (!charged_) charged_sums_.assign(reads.size(), {});
  first_pulse_.resize(reads.size());
  charged_ = true;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (reads[i].role == Role::readout || !is_driven(i) || !charged_sums_[i].chunks.empty()) continue;
    charged_sums_[i] = sums_of(i);
    first_pulse_[i] = true;
    chip_.array_of_read(i).book_charge(chip_.block(), charged_sums_[i],
                                       chip_.driven_reads().amplitude(i, chip_.clamped()));
  }
}

// What was charged: where the clamped phase goes on with another error, its lines' small changes are left out. In a
// transient they are booked as they come.
void ChipPower::release_lines() {
  if (!charged_) return;
  charged_ = false;
  const std::vector<Read<float>>& reads = chip_.circuit().reads();
  const bool in_time = chip_.design().settling.analysis == Analysis::transient;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (charged_sums_[i].chunks.empty() || reads[i].role == Role::readout) continue;
    const LineSums& sums = in_time ? sums_of(i) : charged_sums_[i];
    chip_.array_of_read(i).book_release(chip_.block(), sums, chip_.driven_reads().amplitude(i, chip_.clamped()));
  }
}

void ChipPower::note_lines() {
  lines_before_.resize(std::size_t(chip_.circuit().populations()));
  for (Index p = 1; p < chip_.circuit().readout(); ++p) lines_before_[std::size_t(p)] = lines_of(p).all();
}

void ChipPower::book_swings() {
  const std::vector<Read<float>>& reads = chip_.circuit().reads();
  for (std::size_t i = 0; i < reads.size(); ++i)
    if (reads[i].role == Role::recurrent && is_driven(i))
      chip_.array_of_read(i).book_swing(chip_.block(), reads[i].side, lines_before_[std::size_t(reads[i].driver)],
                                        lines_of(reads[i]), chip_.driven_reads().amplitude(i, chip_.clamped()));
}

// The sums over a read's lines; they stay until their drives change.
const LineSums& ChipPower::sums_of(std::size_t i) {
  line_sums_.resize(chip_.circuit().reads().size());
  LineSums& sums = line_sums_[i];
  const Read<float>& read = chip_.circuit().reads()[i];
  if (sums.chunks.empty()) sums = chip_.array_of_read(i).sums_of(chip_.block(), read.side, lines_of(read));
  return sums;
}

void ChipPower::lines_change() {
  for (LineSums& sums : line_sums_) sums.chunks.clear();
}

// The input drives a perceptron's read-out, too.
void ChipPower::neurons_move() {
  forget(Role::recurrent);
  forget(Role::readout);
}

void ChipPower::error_changes() { forget(Role::nudge); }

void ChipPower::forget(Role role) {
  const std::vector<Read<float>>& reads = chip_.circuit().reads();
  for (std::size_t i = 0; i < line_sums_.size(); ++i)
    if (reads[i].role == role) line_sums_[i].chunks.clear();
}

void ChipPower::book_reads(double seconds) {
  const std::vector<Read<float>>& reads = chip_.circuit().reads();
  const DrivenReads& driven = chip_.driven_reads();
  const bool in_time = chip_.design().settling.analysis == Analysis::transient;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (!is_driven(i)) continue;
    CrossbarMacro& array = chip_.array_of_read(i);
    const LineSums& sums = sums_of(i);
    array.book_read(chip_.block(), sums, driven.amplitude(i, chip_.clamped()), driven.duty(i) * seconds);
    // logits are read in one pulse; of others, those beyond the first one, if charge_lines() has booked it
    const bool booked = !in_time && i < first_pulse_.size() && first_pulse_[i];
    if (booked) first_pulse_[i] = false;
    double pulses = reads[i].role == Role::readout ? 1 : 0;
    if (driven.duty(i) < 1) pulses = std::max(0.0, seconds / driven.period_s() - (booked ? 1 : 0));
    if (pulses == 0) continue;
    array.book_charge(chip_.block(), sums, driven.amplitude(i, chip_.clamped()), pulses);
    array.book_release(chip_.block(), sums, driven.amplitude(i, chip_.clamped()), pulses);
  }
}

void ChipPower::book_standing(double seconds) {
  const Phase standing = chip_.driven_phase();
  if (standing == Phase::idle) return;
  const Circuit<float>& circuit = chip_.circuit();
  for (Index p = 1; p <= circuit.readout(); ++p)
    if (p < circuit.readout() || chip_.meter().phase() == Phase::readout) book_bank(p, seconds);
  for (std::size_t i = 0; i < circuit.reads().size(); ++i) {
    if (!is_driven(i)) continue;
    const double lines = double(circuit.size(circuit.reads()[i].driver));
    book_power(chip_.array_of_read(i).name(), action::driver_bias, lines, chip_.meter().costs().driver_bias_w() * lines,
               chip_.driven_reads().duty(i) * seconds);
  }
  const bool differences = circuit.clamped_lines() == ClampedLines::differences;
  if (standing == Phase::free || !differences) book_dac(chip_.input_dac(), 0, seconds);
  if (standing == Phase::clamped) book_dac(chip_.nudge_dac(), circuit.readout(), seconds);
}

// DACs hold what they have converted on the lines of a population.
void ChipPower::book_dac(const DacRow& dac, Index population, double seconds) {
  const double lines = double(chip_.circuit().size(population));
  book_power(dac.name(), action::dac_reference, lines, chip_.meter().costs().dac_reference_w() * lines, seconds);
}

// The bias of a bank's neurons, and of the amplifiers that make their drives. The read-out has amplifiers alone.
void ChipPower::book_bank(Index p, double seconds) {
  const std::string& name = chip_.design().graph.population(p).name;
  const bool nudged = chip_.driven_phase() == Phase::clamped;
  const double supply_v = chip_.design().chip.supply_v;
  const SenseStage& sense = chip_.sense(p, nudged);
  const double amplifiers = sense.amplifiers() - (nudged ? 0 : sense.nudge_amplifiers()),
               bias_a = sense.bias_a() - (nudged ? 0 : sense.nudge_bias_a());
  book_power(name + "_sense", action::sense_bias, amplifiers, bias_a * supply_v, seconds);
  if (p == chip_.circuit().readout()) return;
  const Bank<float>& bank = chip_.circuit().bank(p);
  // a neuron's current is in proportion to its speed
  const double mean_tau_s = 1 / double(bank.tau_s.cwiseInverse().mean());
  const double neurons = double(bank.size());
  const double watts = chip_.meter().costs().neuron_bias_w(mean_tau_s, chip_.design().neuron.kappa) * neurons;
  book_power(name, action::neuron_bias, neurons, watts, seconds);
  if (nudged && chip_.circuit().clamped_lines() == ClampedLines::differences)
    book_power(name + "_hold", action::subtractor_bias, neurons,
               chip_.meter().costs().cost().subtractor_current_a[1] * supply_v * neurons, seconds);
}

// Power for `seconds` of each sample of the block; chunk by chunk, so that sums do not depend on blocks.
void ChipPower::book_power(const std::string& component, const Action& action, double count, double watts,
                           double seconds) {
  const Block& block = chip_.block();
  for (Index k = 0; k < block.chunks(); ++k) {
    const double samples = double(block.count(k));
    chip_.meter().book(component, action, count * samples, heat(watts * seconds * samples), seconds * samples);
  }
}

}  // namespace settle
