// How the controller programs devices.
#pragma once

#include "models/parameter.h"

namespace settle {

/// The section [programming].
struct ProgrammingSpec {
  std::int64_t initial_rounds = 5;  // of writing and verifying, at most
  std::int64_t update_rounds = 0;   // of verifying an update and mending it; 0: open loop
  double tolerance_steps = 0.5;     // what verifying leaves as it is
};

inline Parameters parameters(ProgrammingSpec& s) {
  return {{"initial_rounds", integer(s.initial_rounds, 1, 1000),
           "Most rounds of writing and verifying the initial weights."},
          {"update_rounds", integer(s.update_rounds, 0, 1000),
           "Most rounds of verifying and mending each update of update host; 0: open loop, by pulse count."},
          {"tolerance_steps", above(0, s.tolerance_steps, 1e6),
           "What verifying leaves as it is, in mean steps of the device."}};
}

}  // namespace settle
