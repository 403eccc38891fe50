// Settling times of the circuit, found by integrating it from where it really starts.
#pragma once

#include <vector>

#include "settle/models/circuit/circuit.h"

namespace settle {

struct SettlingTimes {
  double forward_s = 0;  // of a forward pass, before the times below (Start::forward)
  double read_s = 0;     // until the free state is right to the accuracy of a read-out at full scale: inference
  double free_s = 0;     // until the rest of the way is too short to disturb the difference to come: training
  double clamped_s = 0;
  double second_sign_s = 0;  // from the clamped phase of one sign to that of the other: symmetric nudging
  std::vector<double> free_of_sample_s,
      clamped_of_sample_s;  // free_s and clamped_s of each sample; NaN where it did not get there
  Index unsettled = 0;      // samples that did not get there within 100 time constants; they do not count in the times
};

/// Where free phases start: the membranes of a chunk's samples, by population, when they are read and when they are
/// learned from. Empty: at zero, a reset.
template <class Real>
struct FreeStarts {
  std::vector<Matrix<Real>> reading, learning;
  bool differ = false;  // whether the two do
};

/// Settling times of the samples of `chunk`, whose free equilibrium and clamped difference are solved. Distances are
/// rms over neurons, and the slowest sample sets the time, because the chip waits equally long for all.
///  - read_s: from a reset (all membranes at zero) until the state is right to `accuracy` of full scale,
///  - free_s: from a reset until it is right to `accuracy` of each population's difference, which is to be resolved; as
///    read_s where the clamped phase's lines carry differences, of which what has not settled is no part,
///  - clamped_s: from the free equilibrium until the difference is right to `accuracy` of itself,
///  - second_sign_s: from the free equilibrium until it is twice as right, as it must be after twice the way.
///
/// Without neurons all times are zero. A sample does not get there where the circuit has another equilibrium for it, or
/// oscillates.
///
/// The free phase may start from other membranes than those of a reset, which read_s and free_s then count from.
///
/// Integrates tau dd/dt = -d + (drive of e) in difference form, so that a remainder of 1e-9 of full scale is as exact
/// as one of 1. The chunk's differences are left as they were.
template <class Real>
SettlingTimes settling_times(const Circuit<Real>& circuit, const Chunk<Real>& chunk, double accuracy,
                             const FreeStarts<Real>& starts = {});

}  // namespace settle
