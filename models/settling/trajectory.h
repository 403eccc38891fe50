// The synchronous map's way from zero: whether it settles, how fast, and whether it is chaotic.
#pragma once

#include "settle/models/circuit/circuit.h"
#include "settle/models/numeric/random.h"
#include "settle/models/settling/ending.h"

namespace settle {

/// The distances by which the map moves the states in each step: rows t = 0..T, a column for each sample.
struct Trajectory {
  Matrix<double> rms;         // over the hidden neurons, of s[t+1] - s[t]
  Matrix<double> largest;     // |s[t+1] - s[t]|
  Matrix<double> rms_of_two;  // of s[t+1] - s[t-1], with s[-1] = 0
  Vector<double> lyapunov;    // finite-time exponent of each sample, per step; positive: chaotic; -inf without a loop

  Index steps() const { return rms.rows() - 1; }
  Index samples() const { return rms.cols(); }
};

/// Follows s[t+1] = f(M s[t] + external) from s = 0 (arXiv 2508.11659, eq. 3) for the chunk, whose banks have their
/// external drive (drive_from_input; zero where the input does not reach). The rest of the chunk stays as it is.
///
/// The Lyapunov exponent is 1/T ln |J_T ... J_1 v|, with J_t the map's Jacobian at s[t] and v a random unit vector of
/// the stream, renormalised in each step. Changes below the rounding of Real (1e-7 in float) show nothing.
template <class Real>
Trajectory follow_map(const Circuit<Real>& circuit, const Chunk<Real>& chunk, Index steps, const Stream& perturbation);

/// A state that moves less (rms) has settled.
constexpr double settled_change = 1e-5;

/// The first step from which on the sample moves by less than settled_change; -1: none within the trajectory.
Index convergence_step(const Trajectory& trajectory, Index sample);

/// How the sample's way ends within the trajectory.
Ending ending(const Trajectory& trajectory, Index sample);

/// The factor by which the change falls in a step, as a geometric mean over the second half of the way to convergence,
/// or of the trajectory; NaN when that is less than two steps.
double late_contraction(const Trajectory& trajectory, Index sample);

}  // namespace settle
