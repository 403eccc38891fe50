// The distance between ngspice and Settle.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "src/netlist/ngspice.h"
#include "src/netlist/record.h"

namespace settle {

/// The largest difference of one kind, and where it is.
struct Largest {
  double difference = 0;  // of full scale
  std::string node;
  double time_s = 0;  // of a transient, since its phase began
};

struct NetlistComparison {
  Largest free, clamped;                      // equilibria
  Largest signal;                             // clamped - free, as a fraction of its population's largest
  Largest free_transient, clamped_transient;  // at every step of Settle's

  double equilibrium() const { return std::max(free.difference, clamped.difference); }
  double transient() const { return std::max(free_transient.difference, clamped_transient.difference); }
};

/// RunError where the transient does not reach the end of the clamped phase.
NetlistComparison compare(const std::vector<Node>& nodes, const SpiceResult& spice, const NodeValues& equilibria,
                          const RecordedPhase& free, const RecordedPhase& clamped);

}  // namespace settle
