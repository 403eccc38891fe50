// The specification of programming: how precisely, and with how many rounds, devices are written.
#pragma once

#include "models/parameter.h"

namespace settle {

/// The section [programming].
struct ProgrammingSpec {
  std::int64_t initial_rounds = 5;  // most rounds of writing and verifying initial weights
  std::int64_t update_rounds = 0;   // most rounds of verifying and mending an update; 0: open loop
  double tolerance_steps = 0.5;     // errors that verifying leaves alone, in mean steps of the device
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
