// The reads that a chip makes of its crossbars, as a deck has them.
#pragma once

#include <vector>

#include "settle/models/chip/chip.h"
#include "settle/models/netlist/crossbar_cards.h"

namespace settle {

struct ChipRead : spice::CrossbarRead {
  Index driver, sink;  // populations
  Role role;
  double gain, clamped_gain;  // factor on what it adds to the sink's drive, in each phase
};

/// All reads of a chip, in the order of the circuit's. Where lines carry differences (hold_cards.h), those of input and
/// read-out are off in the clamped phase.
std::vector<ChipRead> reads_of(Chip& chip);

/// The number of resistors in the arrays of a chip of this design: those of devices and of wires.
double count_resistors(const ChipDesign& design);

}  // namespace settle
