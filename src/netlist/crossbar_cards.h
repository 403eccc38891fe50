// Crossbars as circuits: arrays of resistors, what drives their lines, and the virtual grounds that their currents end
// in.
#pragma once

#include <string>
#include <vector>

#include "models/chip/chip.h"
#include "src/netlist/cards.h"

namespace settle {

/// One read of a crossbar in the loop. Its word lines are driven and its bit lines sensed, or, where the same weights
/// feed back (`transposed`), the other way round.
struct CrossbarRead {
  std::string name;       // of this read: begins the names of its virtual grounds
  std::string arrays;     // begins the names of the arrays' subcircuits
  const Crossbar* model;  // outlives this
  bool transposed;
  Index driver, sink;  // populations
  double gain;         // factor on what it adds to the sink's drive
};

/// All reads of a chip, in the order of the circuit's.
std::vector<CrossbarRead> reads_of(Chip& chip);

/// The number of resistors in the arrays of a chip of this design: those of devices and of wires.
double count_resistors(const ChipDesign& design);

/// A subcircuit for each physical array, with a terminal for each word line and for each bit line.
void write_arrays(Cards& cards, const CrossbarRead& read);

/// Writes the sources that drive the lines of population p: v(NAME_dI) is `gain` times the voltage of node `from`I.
/// Where transposed reads need them, v(NAME_iI) is its inverse, and v(NAME_rI) the inverse of the sum that drives a
/// reference column.
void write_drivers(Cards& cards, const std::vector<CrossbarRead>& reads, const Population& population, Index p,
                   const std::string& from, double gain);

/// The arrays of a read, between the drivers of the one population and virtual grounds, whose currents are sensed.
void write_read(Cards& cards, const CrossbarRead& read, const Graph& graph);

/// The current that a read brings to neuron (or output) i of its sink, in terms of those of its virtual grounds.
std::string sensed_current(const CrossbarRead& read, Index i);

}  // namespace settle
