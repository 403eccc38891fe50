// How a chip drives the reads of its circuit: in which phases, how strongly, and for which share of the time.
#pragma once

#include <vector>

#include "settle/models/chip/chip_design.h"
#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/circuit/circuit.h"
#include "settle/models/cost/ledger.h"

namespace settle {

class DrivenReads {
 public:
  /// `arrays`: of each read of the circuit. Refers to all three.
  DrivenReads(const ChipDesign& design, const Circuit<float>& circuit, std::vector<CrossbarMacro*> arrays);

  CrossbarMacro& array(std::size_t read) const { return *arrays_[read]; }

  /// Whether a read's lines are driven while the circuit stands for phase `driven`, in phase `now` of the protocol. The
  /// read-out's are while logits are converted; the input's are not where held drives have them.
  bool is_driven(std::size_t read, Phase driven, Phase now) const;
  /// Switches the drivers of feedback between hidden populations on or off; they are on.
  void take_feedback(bool takes) { takes_feedback_ = takes; }
  /// The share of full scale at which its lines are driven.
  double amplitude(std::size_t read, bool clamped) const;
  /// The share of the settling for which its lines are driven. Logits are read all the time that they are converted.
  double duty(std::size_t read) const;
  /// Whether another read drives the same array from its other side in the same phase, in turn with this one; and
  /// whether any reads do.
  bool takes_turns(std::size_t read) const;
  bool any_turns() const;
  /// The period of turns and of read pulses, in seconds.
  double period_s() const;

 private:
  const ChipDesign& design_;
  const Circuit<float>& circuit_;
  std::vector<CrossbarMacro*> arrays_;
  bool takes_feedback_ = true;
};

}  // namespace settle
