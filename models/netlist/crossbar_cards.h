// Crossbars as circuits: arrays of resistors, what drives their lines, and the virtual grounds that their currents end
// in.
#pragma once

#include <string>
#include <vector>

#include "settle/models/crossbar/crossbar.h"
#include "settle/models/netlist/cards.h"

namespace settle::spice {

/// One read of a crossbar. Its word lines are driven and its bit lines sensed, or, where the same weights feed back
/// (`transposed`), the other way round.
struct CrossbarRead {
  std::string name;                 // of this read: begins the names of its lines and virtual grounds
  std::string arrays;               // begins the names of the arrays' subcircuits
  const Crossbar* model = nullptr;  // outlives this
  bool transposed = false;
  bool free_only = false;  // its lines are off while v(holding) is 1, which a deck with such reads has
};

/// A subcircuit for each physical array, with a terminal for each word line and for each bit line.
void write_arrays(Cards& cards, const CrossbarRead& read);

/// A line that a read drives: its node, the source that drives it, and the cells on it.
struct DrivenLine {
  std::string node, source;
  Index cells;
};

/// The lines that a read drives: READ_dI for state I of its driver; and where a transposed read needs them, READ_iI for
/// its inverse, and READ_rI for the inverse of the sum that drives a reference column.
std::vector<DrivenLine> driven_lines(const CrossbarRead& read);

/// Writes the sources that drive them: v(READ_dI) is `gain` times the voltage of node `from`I.
void write_drivers(Cards& cards, const CrossbarRead& read, const std::string& from, double gain);

/// The arrays of a read, between the drivers of its lines and virtual grounds, whose currents are sensed.
void write_read(Cards& cards, const CrossbarRead& read);

/// The current that a read brings to neuron (or output) i of its sink, in terms of those of its virtual grounds.
std::string sensed_current(const CrossbarRead& read, Index i);

}  // namespace settle::spice
