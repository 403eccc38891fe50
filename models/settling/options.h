// The options by which a phase is solved, and the outcome.
#pragma once

namespace settle {

/// The outcome of a phase.
struct Settled {
  int steps = 0;           // steps of the map, or sweeps
  double error = 0;        // estimate: a fraction of full scale (free), or of the largest difference (clamped)
  double contraction = 0;  // factor by which the error falls in a step; for sweeps, in one that does not overshoot
  bool converged = false;
};

/// How a phase is solved.
enum class Method {
  sweeps,  // one population after another, in the order of the signal: the operating point
  map      // all at once, a fixed number of steps: the paper's synchronous map
};

/// How, and how exactly, a phase is solved.
struct SettleOptions {
  Method method = Method::sweeps;
  int steps = 100;  // steps of the map, or most sweeps
  double tolerance = 1e-3;
  bool ramped = false;  // of the map's clamped phase: the nudge is added again in each step, k times in step k
  // Whether the clamped phase starts where all differences are zero, so that products with them can be left out. If
  // they are not zero, the first sweep overwrites them all the same.
  bool from_rest = false;
  bool plain = false;  // sweeps never overshoot (OverRelaxation)
};

}  // namespace settle
