#include "settle/models/chip/driven_reads.h"

#include <algorithm>
#include <utility>

namespace settle {

DrivenReads::DrivenReads(const ChipDesign& design, const Circuit<float>& circuit, std::vector<CrossbarMacro*> arrays)
    : design_(design), circuit_(circuit), arrays_(std::move(arrays)) {}

double DrivenReads::period_s() const {
  return design_.crossbar.read_period_s > 0 ? design_.crossbar.read_period_s : design_.neuron.tau_s / 10;
}

bool DrivenReads::is_driven(std::size_t i, Phase driven, Phase now) const {
  switch (circuit_.reads()[i].role) {
    case Role::input:
      return driven == Phase::free || (driven != Phase::idle && circuit_.clamped_lines() == ClampedLines::states);
    case Role::recurrent:
      return driven != Phase::idle && (takes_feedback_ || circuit_.reads()[i].forward());
    case Role::nudge:
      return driven == Phase::clamped;
    case Role::readout:
      return driven != Phase::idle && now == Phase::readout;
  }
  return false;
}

double DrivenReads::amplitude(std::size_t i, bool clamped) const {
  const Read<float>& read = circuit_.reads()[i];
  if (design_.crossbar.weak_drive == WeakDrive::full || read.role == Role::input || read.role == Role::readout)
    return 1;
  const double gain = circuit_.line_gain(read, clamped);
  return gain > 0 ? std::min(gain, 1.0) : 1.0;
}

double DrivenReads::duty(std::size_t i) const {
  if (circuit_.reads()[i].role == Role::readout) return 1;
  return design_.crossbar.read_duty * (takes_turns(i) ? 0.5 : 1.0);
}

bool DrivenReads::takes_turns(std::size_t i) const {
  if (design_.crossbar.turns == Turns::at_once || !takes_feedback_) return false;
  const std::vector<Read<float>>& reads = circuit_.reads();
  for (std::size_t k = 0; k < reads.size(); ++k)
    if (k != i && arrays_[k] == arrays_[i] && reads[k].role == Role::recurrent && reads[i].role == Role::recurrent)
      return true;
  return false;
}

bool DrivenReads::any_turns() const {
  for (std::size_t i = 0; i < circuit_.reads().size(); ++i)
    if (takes_turns(i)) return true;
  return false;
}

}  // namespace settle
