// What stands on the chip, and what that draws: lines that are driven, neurons that are on.
//
// A block of the chip is on while its lines are driven: through the settling, and until what is read of it has been
// converted. Then it is off, and what it must keep is held on capacitors.
#include <algorithm>

#include "models/chip/chip.h"

namespace settle {

// Whether the read's lines are driven at present. The read-out's are while logits are converted.
bool Chip::is_driven(const Read<float>& read) const {
  switch (read.role) {
    case Role::input:
    case Role::recurrent:
      return driven_phase_ != Phase::idle;
    case Role::nudge:
      return driven_phase_ == Phase::clamped;
    case Role::readout:
      return driven_phase_ != Phase::idle && meter_.phase() == Phase::readout;
  }
  return false;
}

LineStates Chip::lines_of(const Read<float>& read) const {
  if (read.role == Role::input) return input_;
  if (read.role == Role::nudge) return error_;
  return lines_of(read.driver);
}

// The states on a population's lines: those of a clamped phase are the free ones and what the nudge adds. Noise counts
// beside free states, which clamped ones are close to.
LineStates Chip::lines_of(Index p) const {
  const BankState<float>& bank = state_.bank(p);
  if (clamped_) return {bank.state, bank.difference, float(circuit_->scale(p))};
  const Matrix<float>& noise = transient_->bank(p).noise();
  return noise.size() > 0 ? LineStates(bank.state, noise, 1) : LineStates(bank.state);
}

// Lines are charged when they are first driven, and released when the chip goes idle.
void Chip::charge_lines() {
  if (charged_) return;
  charged_ = true;
  const std::vector<Read<float>>& reads = circuit_->reads();
  charged_sums_.assign(reads.size(), {});
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (reads[i].role == Role::readout || !is_driven(reads[i])) continue;
    charged_sums_[i] = sums_of(i);
    array_of_read(i).book_charge(block_, charged_sums_[i], amplitude(reads[i]));
  }
}

// What was charged: where the clamped phase goes on with another error, its lines' small changes are left out. In a
// transient they are booked as they come.
void Chip::release_lines() {
  if (!charged_) return;
  charged_ = false;
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (charged_sums_[i].chunks.empty() || reads[i].role == Role::readout) continue;
    const LineSums& sums = is_transient() ? sums_of(i) : charged_sums_[i];
    array_of_read(i).book_release(block_, sums, amplitude(reads[i]));
  }
}

// In a transient lines follow their neurons.
void Chip::note_lines() {
  lines_before_.resize(std::size_t(circuit_->populations()));
  for (Index p = 1; p < circuit_->readout(); ++p) lines_before_[std::size_t(p)] = lines_of(p).all();
}

void Chip::book_swings() {
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i)
    if (reads[i].role == Role::recurrent)
      array_of_read(i).book_swing(block_, reads[i].side, lines_before_[std::size_t(reads[i].driver)],
                                  lines_of(reads[i]), amplitude(reads[i]));
}

// The share of full scale at which a read's lines are driven.
double Chip::amplitude(const Read<float>& read) const {
  if (design_.crossbar.weak_drive == WeakDrive::full || read.role == Role::input || read.role == Role::readout)
    return 1;
  const double gain = read.gain * (read.role == Role::nudge ? design_.learning.nudge : 1.0);
  return gain > 0 ? std::min(gain, 1.0) : 1.0;
}

// The share of the settling for which a read's lines are driven. Logits are read all the time that they are converted.
double Chip::duty(std::size_t i) const {
  const Read<float>& read = circuit_->reads()[i];
  if (read.role == Role::readout) return 1;
  return design_.crossbar.read_duty * (takes_turns(i) ? 0.5 : 1.0);
}

// Whether another read drives the same array from its other side in the same phase.
bool Chip::takes_turns(std::size_t i) const {
  if (design_.crossbar.turns == Turns::at_once) return false;
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t k = 0; k < reads.size(); ++k)
    if (k != i && array_of_read_[k] == array_of_read_[i] && reads[k].role == Role::recurrent &&
        reads[i].role == Role::recurrent)
      return true;
  return false;
}

bool Chip::any_turns() const {
  for (std::size_t i = 0; i < circuit_->reads().size(); ++i)
    if (takes_turns(i)) return true;
  return false;
}

double Chip::read_period_s() const {
  return design_.crossbar.read_period_s > 0 ? design_.crossbar.read_period_s : design_.neuron.tau_s / 10;
}

// The sums over a read's lines; they stay until the drive of any line changes.
const LineSums& Chip::sums_of(std::size_t i) {
  line_sums_.resize(circuit_->reads().size());
  LineSums& sums = line_sums_[i];
  const Read<float>& read = circuit_->reads()[i];
  if (sums.chunks.empty()) sums = array_of_read(i).sums_of(block_, read.side, lines_of(read));
  return sums;
}

void Chip::lines_change() {
  for (LineSums& sums : line_sums_) sums.chunks.clear();
}

void Chip::book_reads(double seconds) {
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (!is_driven(reads[i])) continue;
    CrossbarMacro& array = array_of_read(i);
    const LineSums& sums = sums_of(i);
    array.book_read(block_, sums, amplitude(reads[i]), duty(i) * seconds);
    // logits are read in one pulse; of others, those beyond the first one, which charge_lines() books
    double pulses = reads[i].role == Role::readout ? 1 : 0;
    if (duty(i) < 1) pulses = std::max(0.0, seconds / read_period_s() - (is_transient() ? 0 : 1));
    if (pulses == 0) continue;
    array.book_charge(block_, sums, amplitude(reads[i]), pulses);
    array.book_release(block_, sums, amplitude(reads[i]), pulses);
  }
}

// Static power for `seconds` of each sample, of what is on.
void Chip::book_standing(double seconds) {
  if (driven_phase_ == Phase::idle) return;
  for (Index p = 1; p <= circuit_->readout(); ++p)
    if (p < circuit_->readout() || meter_.phase() == Phase::readout) book_bank(p, seconds);
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (!is_driven(reads[i])) continue;
    const double lines = double(circuit_->size(reads[i].driver));
    book_power(array_of_read(i).name(), action::driver_bias, lines, meter_.costs().driver_bias_w() * lines,
               duty(i) * seconds);
  }
  book_dac(*input_dac_, 0, seconds);
  if (driven_phase_ == Phase::clamped) book_dac(*nudge_dac_, circuit_->readout(), seconds);
}

// DACs hold what they have converted on the lines of a population.
void Chip::book_dac(const DacRow& dac, Index population, double seconds) {
  const double lines = double(design_.graph.population(population).size);
  book_power(dac.name(), action::dac_reference, lines, meter_.costs().dac_reference_w() * lines, seconds);
}

// The bias of a bank's neurons, and of the amplifiers that make their drives. The read-out has amplifiers alone.
void Chip::book_bank(Index p, double seconds) {
  const std::string& name = design_.graph.population(p).name;
  const SenseStage& sense = *sense_[std::size_t(p)];
  const bool nudged = driven_phase_ == Phase::clamped;
  const double amplifiers = sense.amplifiers() - (nudged ? 0 : sense.nudge_amplifiers()),
               bias_a = sense.bias_a() - (nudged ? 0 : sense.nudge_bias_a());
  book_power(name + "_sense", action::sense_bias, amplifiers, bias_a * design_.chip.supply_v, seconds);
  if (p == circuit_->readout()) return;
  const Bank<float>& bank = circuit_->bank(p);
  // a neuron's current is in proportion to its speed
  const double mean_tau_s = 1 / double(bank.tau_s.cwiseInverse().mean());
  const double neurons = double(bank.size());
  const double watts = meter_.costs().neuron_bias_w(mean_tau_s, design_.neuron.kappa) * neurons;
  book_power(name, action::neuron_bias, neurons, watts, seconds);
}

// Power for `seconds` of each sample of the block; chunk by chunk, so that sums do not depend on blocks.
void Chip::book_power(const std::string& component, const Action& action, double count, double watts, double seconds) {
  for (Index k = 0; k < block_.chunks(); ++k) {
    const double samples = double(block_.count(k));
    meter_.book(component, action, count * samples, heat(watts * seconds * samples), seconds * samples);
  }
}

}  // namespace settle
