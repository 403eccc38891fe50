// Runs ngspice on a deck, and reads what it writes.
#pragma once

#include <filesystem>
#include <vector>

#include "src/netlist/nodes.h"

namespace settle {

/// RunError that says how to install it where ngspice is missing.
void require_ngspice();

/// Voltages of the compared nodes, a row for each of them.
struct SpiceResult {
  Vector<double> free, clamped;  // equilibria
  std::vector<double> time_s;    // of the transient, increasing
  Matrix<double> transient;      // nodes x times
  Vector<double> energy_j;       // of both phases, by supply_groups()

  /// The transient between two times of it: a straight line.
  Vector<double> at(double seconds) const;
};

/// Runs a deck of write_deck where it lies, and leaves its log, netlist.log, beside it. RunError when ngspice fails or
/// does not write what it should.
SpiceResult run_ngspice(const std::filesystem::path& deck, const std::vector<Node>& nodes);

}  // namespace settle
