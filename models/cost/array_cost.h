// Crossbars: charging and reading lines.
//
// A line is driven by an amplifier between the rail and ground. A charge that it puts on a line comes from the rail,
// and falls to the line's voltage inside the driver; so does the current that the line's devices draw while they are
// read.
#pragma once

#include <cmath>
#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action line_charge{"line charge",
                                "line swings",
                                Rail::analog,
                                {{"chip.wire_capacitance_f", 1}},
                                "C V V_dd from the rail, C V^2 / 2 of it stored until the line is released; published "
                                "capacitance a cell differs from 0.03 to 2 fF"};
inline const Action array_read{
    "array read", "line reads", Rail::analog, {}, "V^2 G t in the devices, from each one's conductance"};
inline const Action read_supply{"line drivers and sense stages",
                                "line reads",
                                Rail::analog,
                                {},
                                "(V_dd - V) V G t: what the array's current loses between the rail and the devices"};

}  // namespace action

struct ArrayCost {
  Estimate cell_area_f2 = {4, 12, 30};  // in squares of the node

  static std::vector<const Action*> actions() {
    return {&action::line_charge, &action::array_read, &action::read_supply};
  }
};

inline Parameters parameters(ArrayCost& s) {
  return {{"cell_area_f2",
           estimate(s.cell_area_f2, {"F^2",
                                     "estimate of this project: a device with its transistor; 4 F^2 is a bare "
                                     "crosspoint",
                                     Evidence::estimated}),
           "Area of a cell, in squares of the node."}};
}

/// Lines of `capacitance_f` in all that go from a voltage to a higher one (`from_v` < `to_v`), from a rail of
/// `rail_v`: supply C (to - from) rail, stored C (to^2 - from^2) / 2.
inline Energy charge_j(double capacitance_f, double from_v, double to_v, double rail_v) {
  const double supplied = capacitance_f * (to_v - from_v) * rail_v;
  const double stored = capacitance_f * (to_v * to_v - from_v * from_v) / 2;
  // in the driver: the integral of (rail - v) C dv
  const double dissipated = capacitance_f * (to_v - from_v) * (rail_v - (to_v + from_v) / 2);
  return {supplied, dissipated, stored};
}

/// Lines that are charged from zero to full-scale states x: `swings` is sum |x| and `squares` sum x^2 over lines of
/// `cells` cells each, and samples.
inline Energy line_charge_j(const ChipSpec& chip, double swings, double squares, double cells) {
  const double capacitance_f = chip.wire_capacitance_f[1] * cells, read_v = chip.read_v;
  const double supplied = capacitance_f * read_v * swings * chip.supply_v;
  const double stored = capacitance_f * read_v * read_v * squares / 2;
  return {supplied, capacitance_f * read_v * (chip.supply_v * swings - read_v * squares / 2), stored};
}

/// The same lines, released: what they stored turns into heat.
inline Energy line_release_j(const ChipSpec& chip, double squares, double cells) {
  const double stored = chip.wire_capacitance_f[1] * cells * chip.read_v * chip.read_v * squares / 2;
  return {0, stored, -stored};
}

/// One line whose voltage's magnitude changes: charged from the rail where it rises, released where it falls.
inline Energy line_swing_j(const ChipSpec& chip, double from_v, double to_v, double cells) {
  const double capacitance_f = chip.wire_capacitance_f[1] * cells;
  if (to_v >= from_v) return charge_j(capacitance_f, from_v, to_v, chip.supply_v);
  const double released = capacitance_f * (from_v * from_v - to_v * to_v) / 2;
  return {0, released, -released};
}

/// Devices at full-scale states x: `squares` is sum x^2 G (siemens) over the lines and samples, for `seconds` each.
inline Energy array_read_j(const ChipSpec& chip, double squares, double seconds) {
  return heat(chip.read_v * chip.read_v * squares * seconds);
}

/// What those devices' current loses on the way: `magnitudes` is sum |x| G, of which V_dd V t is drawn from the rail.
inline Energy read_supply_j(const ChipSpec& chip, double magnitudes, double squares, double seconds) {
  return heat(chip.read_v * (chip.supply_v * magnitudes - chip.read_v * squares) * seconds);
}

}  // namespace settle
