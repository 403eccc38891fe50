// Design rules: what a chip as it is specified would break, with a remedy.
#pragma once

#include <string>
#include <vector>

#include "settle/models/chip/chip.h"

namespace settle {

struct DesignRule {
  std::string name;
  std::string where;  // the part that comes closest to the limit, or breaks it
  std::string unit;
  double value = 0;
  double limit = 0;  // that the value must not be above
  std::string key;   // of the limit, or of what it follows from
  std::string remedy;

  bool broken() const { return !(value <= limit); }
};

/// All rules that apply to the chip, for the weights that it has and the settling times that it has measured. `peak_w`:
/// the largest mean power of a phase of a sample, in watts.
std::vector<DesignRule> design_rules(Chip& chip, double peak_w);

/// rms noise of a state of each population as it is held, in fractions of full scale, by where it comes from: arrays
/// and amplifiers with the membrane, the hold, and neuron.noise, for neurons that are not saturated; and what comes
/// from other neurons' outputs, or round the loop, in the equilibria that Chip::measure_settling() found.
struct StateNoise {
  std::string population;
  double drive = 0;
  double hold = 0;
  double extra = 0;
  double loop = 0;
  double total() const;
};
std::vector<StateNoise> state_noise(const Chip& chip);

/// rms noise of what is learned from population p's neurons, as a fraction of full scale, in those equilibria: both
/// samplings of a difference with the states' own noise and the capacitors', and the amplifier behind its gain. Several
/// readings are weighted by their nudges (contrast_phases), and have the held state in common.
double difference_noise(const Chip& chip, Index p);

}  // namespace settle
