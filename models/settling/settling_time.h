// How long the circuit takes to settle, as time in which its loop is integrated from the real start.
#pragma once

#include <vector>

#include "models/settling/loop.h"

namespace settle {

struct SettlingTimes {
  double read_s = 0;  // until the free state is right to the accuracy of a read-out at full scale: inference
  double free_s = 0;  // until what is left does not disturb the difference that is to come: training
  double clamped_s = 0;
  double turned_s = 0;  // from the clamped phase of one sign to that of the other: symmetric nudging
  std::vector<double> free_of_sample_s, clamped_of_sample_s;  // as above, of each; NaN where it did not get there
  Index unsettled = 0;  // samples that did not get there within 100 time constants of the slowest neuron: the circuit
                        // has another equilibrium for them, or oscillates. They do not count in the times.
};

/// The times that the samples of `chunk`, whose free equilibrium and clamped difference are solved, take to get there:
/// the free phase from a reset (all membranes at zero) until what is left of the way is below `accuracy` of full scale
/// (read_s), and below that of each population's difference, which is to be resolved (free_s); the clamped phase from
/// the free equilibrium until the difference is right to `accuracy` of itself (clamped_s), and twice as right, as it
/// must be after a way of twice the length (turned_s). rms over neurons; the slowest sample sets the time, as the chip
/// waits for all alike.
///
/// Integrates tau dd/dt = -d + (drive of e) in difference form, so that a remainder of 1e-9 of full scale is as exact
/// as one of 1. Leaves the chunk's differences as they were.
template <class Real>
SettlingTimes settling_times(const Loop<Real>& loop, const Chunk<Real>& chunk, double accuracy);

}  // namespace settle
