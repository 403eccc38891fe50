// Writing: pulses on devices, on their lines, and on the cells that share those lines.
//
// All of it is at the pulses' voltage. Where that is above the chip's supply a charge pump makes it, and what is booked
// is what the pump draws: energy over its efficiency. A share of the voltage is made from the same rail.
#pragma once

#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action write_pulse{"write pulses",
                                "pulses",
                                Rail::write,
                                {{"device.pulse_v", 2}, {"device.pulse_s", 1}, {"cost.pump_efficiency", -1}},
                                "V^2 G t of each device while pulsed, G the mean of before and after"};
inline const Action gate_pulse{"gate pulses",
                               "pulses",
                               Rail::write,
                               {{"device.pulse_v", 2}, {"device.gate_capacitance_f", 1}, {"cost.pump_efficiency", -1}},
                               "C V^2 of each device's gate, charged and emptied; nothing flows through the channel"};
inline const Action half_selected{"half-selected cells",
                                  "cell pulses",
                                  Rail::write,
                                  {{"device.pulse_v", 2}, {"device.pulse_s", 1}, {"cost.pump_efficiency", -1}},
                                  "(V/2)^2 G t or (V/3)^2 G t of each other cell, G the array's mean"};
inline const Action half_selected_gate{
    "half-selected gates",
    "cell pulses",
    Rail::write,
    {{"device.pulse_v", 2}, {"device.gate_capacitance_f", 1}, {"cost.pump_efficiency", -1}},
    "C (V/2)^2 or C (V/3)^2 of each other cell's gate"};
inline const Action write_lines{"write lines",
                                "line pulses",
                                Rail::write,
                                {{"device.pulse_v", 2}, {"chip.wire_capacitance_f", 1}, {"cost.pump_efficiency", -1}},
                                "C V^2 of each line that is charged for a pulse, at its share of the voltage"};
inline const Action select_gates{"select transistors",
                                 "line pulses",
                                 Rail::write,
                                 {{"device.pulse_v", 2}, {"cost.select_gate_f", 1}, {"cost.pump_efficiency", -1}},
                                 "C V^2 of the gates on each word line that is selected (1T1R), driven to the pulse's "
                                 "voltage; 0.2 fF an estimate: 0.2 um of width at 1 fF/um"};
inline const Action level_shifters{"level shifters",
                                   "line pulses",
                                   Rail::write,
                                   {{"device.pulse_v", 2}, {"cost.level_shifter_f", 1}, {"cost.pump_efficiency", -1}},
                                   "C V^2 of what a line's driver switches inside; 5 fF an estimate"};

}  // namespace action

/// Whether an action's count is of pulses that devices take.
inline bool counts_pulses(const Action& a) { return &a == &action::write_pulse || &a == &action::gate_pulse; }

struct WriteCost {
  Estimate pump_efficiency = {0.3, 0.4, 0.6};           // of the pump, where pulses need one
  Estimate select_gate_f = {0.05e-15, 0.2e-15, 1e-15};  // of a cell's select transistor
  Estimate level_shifter_f = {1e-15, 5e-15, 20e-15};    // of a line's level shifter and driver

  static std::vector<const Action*> actions() {
    return {&action::write_pulse, &action::gate_pulse,   &action::half_selected, &action::half_selected_gate,
            &action::write_lines, &action::select_gates, &action::level_shifters};
  }
};

inline Parameters parameters(WriteCost& s) {
  return {{"pump_efficiency",
           estimate_to(1, s.pump_efficiency,
                       {"of one", "estimate of this project: charge pumps of 30 to 60 %", Evidence::estimated}),
           "Efficiency of the charge pump that makes pulses above the supply."},
          {"select_gate_f",
           estimate(s.select_gate_f,
                    {"F a cell", "estimate of this project: 0.2 um of width at 1 fF/um", Evidence::estimated, 32}),
           "Gate of a cell's select transistor (1T1R), in farads."},
          {"level_shifter_f",
           estimate(s.level_shifter_f, {"F a line", "estimate of this project", Evidence::estimated, 32}),
           "What the level shifter and the driver of a line switch for a pulse above the supply, in farads."}};
}

/// Whether pulses of this voltage are above the supply, and take a charge pump.
inline bool needs_pump(const ChipSpec& chip, double pulse_v) { return pulse_v > chip.supply_v; }

/// What is drawn for `delivered` joules at the pulses' voltage; all of it turns into heat.
inline Energy pumped(const ChipSpec& chip, const WriteCost& cost, double pulse_v, double delivered) {
  return heat(needs_pump(chip, pulse_v) ? delivered / cost.pump_efficiency[1] : delivered);
}

/// Pulses of this voltage and length through channels: `conductance` is the sum over pulses of the device's
/// conductance, in siemens, each times the square of its share of the voltage.
inline Energy write_pulse_j(const ChipSpec& chip, const WriteCost& cost, double pulse_v, double pulse_s,
                            double conductance) {
  return pumped(chip, cost, pulse_v, pulse_v * pulse_v * pulse_s * conductance);
}

/// `capacitance_f` charged to the pulses' voltage and emptied: the sum over pulses, each times the square of its share.
inline Energy write_charge_j(const ChipSpec& chip, const WriteCost& cost, double pulse_v, double capacitance_f) {
  return pumped(chip, cost, pulse_v, pulse_v * pulse_v * capacitance_f);
}

}  // namespace settle
