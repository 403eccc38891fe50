// The digital host, by published figures of 45 nm that are scaled to the chip's node and voltage.
#pragma once

#include <vector>

#include "models/cost/action.h"
#include "models/cost/chip_spec.h"
#include "models/parameter.h"

namespace settle {
namespace action {

inline const Action host_arithmetic{"host arithmetic", "operations", "chip.node, chip.supply_v",
                                    "Horowitz, ISSCC 2014, 45 nm, scaled to the node (Stillmaker and Baas 2017)"};
inline const Action host_update{"host update", "parameters", "chip.node, chip.supply_v",
                                "0.1 to 0.4 nJ a parameter and step at 45 nm, scaled to the node; estimate"};

}  // namespace action

struct HostCost {
  static std::vector<const Action*> actions() { return {&action::host_arithmetic, &action::host_update}; }
};

inline Parameters parameters(HostCost&) { return {}; }

/// Energy of digital logic at the chip's node and voltage, relative to 45 nm at 0.9 V, where Horowitz's figures are.
double digital_scale(const ChipSpec& chip);

/// An 8-bit multiplication with its share of the accumulator; an elementary operation on 32 bits; an optimiser's step
/// of one parameter, state fetched and written.
inline Estimate host_multiply_j(const ChipSpec& chip) {
  return Estimate{0.3e-12, 1.5e-12, 5e-12} * digital_scale(chip);
}
inline Estimate host_operation_j(const ChipSpec& chip) {
  return Estimate{0.5e-12, 2.3e-12, 5e-12} * digital_scale(chip);
}
inline Estimate host_update_j(const ChipSpec& chip) { return Estimate{0.1e-9, 0.2e-9, 0.4e-9} * digital_scale(chip); }

}  // namespace settle
