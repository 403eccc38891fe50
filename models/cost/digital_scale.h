// Digital logic from one technology to another. Analog parts do not scale so: noise and matching set their size.
#pragma once

#include <string>

#include "settle/models/cost/chip_spec.h"

namespace settle {

/// The supply voltages for which the energies of a node hold.
struct SupplyRange {
  double low_v, high_v;
};
SupplyRange supply_range(std::int64_t node);

/// What is wrong with the chip's node or its supply, with the key to blame; empty where nothing is.
struct DigitalProblem {
  std::string key;   // "node" or "supply_v", of the section [chip]
  std::string what;  // one line that follows the key
};
DigitalProblem digital_problem(const ChipSpec& chip);

/// Energy of digital logic at the chip's node and voltage, relative to 45 nm at 0.9 V. InputError outside the table.
double digital_scale(const ChipSpec& chip);
/// Area of digital logic at the chip's node, relative to 45 nm. InputError outside the table.
double digital_area_scale(const ChipSpec& chip);

}  // namespace settle
