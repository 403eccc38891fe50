// Crossbars: charging and reading lines, and pulses.
#pragma once

#include <vector>

#include "models/cost/action.h"
#include "models/cost/chip_spec.h"
#include "models/parameter.h"

namespace settle {
namespace action {

inline const Action line_charge{"line charge", "line swings", "chip.wire_capacitance_f, chip.read_v, chip.supply_v",
                                "C dV V_dd; published capacitance a cell differs from 0.03 to 2 fF"};
inline const Action array_read{"array read", "line reads", "chip.read_v, device.conductance_*",
                               "V^2 G t over the settling time, from each device's conductance"};
inline const Action write_pulse{"write pulses", "pulses", "device.*, chip.wire_capacitance_f",
                                "V^2 G t of each device while pulsed, and C V^2 of its line"};

}  // namespace action

struct ArrayCost {
  Estimate cell_area_f2 = {4, 12, 30};  // in squares of the node

  static std::vector<const Action*> actions() {
    return {&action::line_charge, &action::array_read, &action::write_pulse};
  }
};

inline Parameters parameters(ArrayCost& s) {
  return {{"cell_area_f2", estimate(s.cell_area_f2), "Area of a cell, in squares of the node."}};
}

/// Full-scale states x on lines: `squares` is sum x^2 G (siemens) over the lines and samples, for `seconds` each.
inline Estimate array_read_j(const ChipSpec& chip, double squares, double seconds) {
  return chip.read_v * chip.read_v * (squares * seconds);
}

/// `swings` is sum |x| over the lines and samples, on lines of `cells` cells.
inline Estimate line_charge_j(const ChipSpec& chip, double swings, double cells) {
  return chip.wire_capacitance_f * chip.read_v * (swings * cells * chip.supply_v);
}

/// Pulses of this voltage and length: `conductance` is the sum over pulses of the device's conductance (siemens),
/// `charged_cells` the cells along the lines that were charged for them, once for each time.
inline Estimate write_j(const ChipSpec& chip, const Estimate& pulse_v, const Estimate& pulse_s, double conductance,
                        double charged_cells) {
  const Estimate squared = pulse_v * pulse_v;
  return squared * pulse_s * conductance + squared * chip.wire_capacitance_f * charged_cells;
}

}  // namespace settle
