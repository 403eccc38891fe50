// The specification of settling: the analysis that computes the phases, its steps and its tolerance.
#pragma once

#include "settle/models/learning/protocol.h"
#include "settle/models/parameter.h"

namespace settle {

/// Where the circuit's free phase starts. What is stated, `operating-point` follows from there.
enum class Start {
  any,      // a reset; operating-point finds any equilibrium
  reset,    // membranes at zero
  forward,  // a forward pass: feedback's drivers are off at first
  previous  // where the sample was when it was learned from last
};

/// The section [settling].
struct SettlingSpec {
  Analysis analysis = Analysis::operating_point;
  std::int64_t free_steps = 100;  // steps of `map`; most sweeps of `operating-point`
  std::int64_t clamped_steps = 50;
  double tolerance = 1e-3;    // a fraction of full scale (free), of the largest difference (clamped)
  double time_step_s = 1e-9;  // step of `transient`
  Start start = Start::any;
  double forward_accuracy = 0.0625;  // a fraction of full scale
};

inline Parameters parameters(SettlingSpec& s) {
  return {
      {"analysis",
       choice(s.analysis, {{"operating-point", Analysis::operating_point},
                           {"map", Analysis::map},
                           {"transient", Analysis::transient}}),
       "Solve for the equilibrium; iterate the synchronous map; or integrate over time with noise."},
      {"free_steps", integer(s.free_steps, 1, 10000),
       "Steps of the free phase: all of map, the most sweeps of operating-point."},
      {"clamped_steps", integer(s.clamped_steps, 1, 10000), "The same of the clamped phase."},
      {"tolerance", from(1e-9, s.tolerance, 1),
       "Accuracy: a fraction of full scale (free), of the largest difference (clamped)."},
      {"time_step_s", from(1e-15, s.time_step_s, 1),
       "Time step of transient, in seconds; simulated time counts femtoseconds."},
      {"start",
       choice(
           s.start,
           {{"any", Start::any}, {"reset", Start::reset}, {"forward", Start::forward}, {"previous", Start::previous}}),
       "Where the free phase starts: any: from a reset, and operating-point may find another equilibrium than the "
       "circuit; reset: from a reset, followed; forward: from a forward pass without feedback; previous: when a "
       "sample is learned from again, from its states of last time, which the host has kept."},
      {"forward_accuracy", from(1e-4, s.forward_accuracy, 1),
       "Feedback comes when a forward pass is right to this fraction of full scale."}};
}

}  // namespace settle
