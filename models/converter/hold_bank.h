// The capacitors that hold a bank's states: what they lose, and what their switches do to them.
#pragma once

#include <string>

#include "settle/models/converter/hold_spec.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// A capacitor C = hold_capacitance_f (nominal) for each neuron, on which a state of 1 is neuron_full_scale_v. When the
/// switch opens, its charge q adds a pedestal q / C. Then a leakage current I to ground, constant because the junction
/// that it flows through is biased well beyond k T / q, lowers the voltage by I t / C, whatever the state's sign: a
/// state of zero is not zero volts. Mismatch is drawn once. States are converted in turn: those that share an ADC with
/// others before them wait for those.
class HoldBank {
 public:
  HoldBank(const HoldSpec& spec, const ChipSpec& chip, Index neurons, const std::string& population,
           std::uint64_t seed);

  /// rms of the noise of one sampling, fraction of full scale.
  double noise() const { return noise_; }
  /// Whether held states move at all.
  bool moves() const { return pedestal_.size() > 0; }
  /// The shift of each held state, as a fraction of full scale, when its turn comes in a conversion that begins
  /// `seconds` after the hold; and that of all of them at that time. Only where moves().
  Vector<float> shift(double seconds) const;
  Vector<float> shift_of_all(double seconds) const;

 private:
  double noise_ = 0;
  Vector<double> pedestal_, fall_per_s_, turn_s_;  // empty where nothing moves
};

}  // namespace settle
