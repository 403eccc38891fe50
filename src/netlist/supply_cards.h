// The chip's supply in a deck: what the circuit draws from V_dd while it settles, and what lines give to their arrays.
//
// Lines are driven by ideal sources. What their drivers pass from the rail, loads on V_dd draw: the magnitude of each
// line's current, and the charge of its capacitance where the magnitude of its voltage rises. The capacitances are on
// copies of the lines, which are empty before each phase, as lines are while states are held. Bias is drawn by constant
// currents. v(e_GROUP) is what a group has drawn since the start, 1 V for 1 nJ: its power, integrated by a capacitor.
#pragma once

#include <string>
#include <vector>

#include "src/netlist/chip_reads.h"
#include "src/netlist/record.h"

namespace settle {

constexpr double joules_per_volt = 1e-9;  // of the nodes e_GROUP

/// Writes it for reads in the loop, in phases that have been recorded; what switches does so within `rise_s`.
void write_supply(spice::Cards& cards, Chip& chip, const std::vector<ChipRead>& reads, const RecordedPhase& free,
                  const RecordedPhase& clamped, double rise_s);

/// The nodes e_GROUP, by supply_groups().
std::vector<std::string> energy_nodes();

}  // namespace settle
