// A sample's circuit as a SPICE deck, on the initial weights or on those of a run, and whether ngspice agrees.
#pragma once

#include <optional>
#include <string>

#include "src/config/configuration.h"
#include "src/data/dataset.h"
#include "src/netlist/compare.h"
#include "src/netlist/energy.h"

namespace settle {

struct NetlistRequest {
  std::string checkpoint;  // of a run; empty: the initial weights
  std::string folder;      // where netlist.cir goes; made when all else is right
  Index sample = 0;        // of the test set
  bool check = false;      // runs ngspice
};

struct NetlistResult {
  std::string deck;  // path
  double resistors = 0;
  double free_s = 0, clamped_s = 0;  // durations of the phases
  // of a check
  std::optional<NetlistComparison> comparison;
  EnergyComparison energy;
};

/// InputError where there is no such sample or the circuit is too large for a deck, RunError where the network does not
/// settle or ngspice fails.
NetlistResult run_netlist(const Configuration& configuration, const Dataset& data, const NetlistRequest& request);

}  // namespace settle
