// The capacitors on which lock-in nudging adds up differences in step with the nudge's sign.
#pragma once

#include <string>

#include "settle/models/converter/hold_bank.h"
#include "settle/models/numeric/block.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// As many capacitors for each neuron as a sample has clamped phases, each as large as what a difference amplifier
/// drives (amplifier.load_f). In each phase one of them samples the amplifier's output, the right way round or, where
/// the nudge is negative, the other way: the switch is behind the amplifier, so that its offset goes with the sign,
/// too. When all have been charged they are connected to each other, and share their charges: their voltage is the
/// mean. Each sampling has noise kT/C of its own, so that the mean of N has kT/(N C); what a switch leaves and what
/// leaks has the same sign in each of them, and stays.
class LockInCapacitors {
 public:
  /// `chip` with the capacitance of these capacitors as its hold's. `population` and `seed` name the random streams.
  LockInCapacitors(const HoldSpec& spec, const ChipSpec& chip, Index neurons, const std::string& population,
                   std::uint64_t seed);

  /// rms of the noise of one sampling, as a fraction of full scale.
  double noise() const { return capacitors_.noise(); }
  /// Adds differences (neurons x columns; `unit`: of theirs in a full scale of the amplifiers' output), held_s seconds
  /// after the hold of the sample.
  void add(const Block& block, float sign, float unit, double held_s, const Matrix<float>& difference);
  /// mean <- that of all that has been added, `held_s` seconds after the hold. Starts anew.
  void share(const Block& block, float unit, double held_s, Matrix<float>& mean);

 private:
  HoldBank capacitors_;
  Stream stream_;
  Matrix<float> sum_;
  double added_s_ = 0;  // the sum of the times of samplings
  std::uint32_t samplings_ = 0;
};

/// The specification of the chip with such a capacitance.
ChipSpec with_hold_capacitance(ChipSpec chip, double farads);

}  // namespace settle
