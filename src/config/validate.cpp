#include "src/config/validate.h"

#include <fmt/format.h>

namespace settle {

std::optional<Conflict> find_conflict(const Configuration& c) {
  // With a larger batch the hardware would have to store every pair of states until the batch is complete.
  if (c.learning.update == Update::in_situ && c.run.batch != 1) {
    return Conflict{{"learning.update", "run.batch"}, fmt::format("in-situ needs run.batch = 1, not {}", c.run.batch)};
  }
  if (c.device.conductance_min_s >= c.device.conductance_max_s) {
    return Conflict{{"device.conductance_min_s", "device.conductance_max_s"},
                    fmt::format("must be below device.conductance_max_s, but {} is not below {}",
                                c.device.conductance_min_s, c.device.conductance_max_s)};
  }
  if (c.network.topology == Topology::agt && c.network.feedback != Feedback::random) {
    return Conflict{{"network.topology", "network.feedback"},
                    "agt has random feedback by definition: set network.feedback = \"random\""};
  }
  if (c.trace.end_s > 0 && c.trace.end_s <= c.trace.start_s) {
    return Conflict{{"trace.end_s", "trace.start_s"},
                    fmt::format("must be after trace.start_s, but {} is not after {}", c.trace.end_s, c.trace.start_s)};
  }
  return std::nullopt;
}

}  // namespace settle
