// The two phases of equilibrium propagation on a chunk of samples, by fixed-point iteration.
//
// Free:     h_p = sum_q alpha W_qp s_q + sum_r beta B_pr s_r,  s_p = f(h_p)               (arXiv 2508.11659, eq. 3)
// Clamped:  the same with the nudge added at the read-out's sources. Solved for the difference to the free phase,
//           divided by each population's scale g_p, so that weak feedback costs no precision:
//           d_p = sum_q alpha (g_q/g_p) W_qp e_q + sum_r beta (g_r/g_p) B_pr e_r + (nudge/g_p) B_p,out error
//           e_p = (f(h_p + g_p d_p) - f(h_p)) / g_p
#pragma once

#include "models/neuron/membrane.h"
#include "models/settling/ending.h"
#include "models/settling/loop.h"

namespace settle {

/// The drive of every bank by its input: `external` <- sum of W x over projections from the input. x: inputs x count.
template <class Real>
void drive_from_input(const Loop<Real>& loop, const Chunk<Real>& chunk, ConstView<Real> x);

/// Settles the free phase from zero; one sweep is exact where Loop::feedforward. Writes drive and state.
template <class Real>
Settled settle_free(const Loop<Real>& loop, const Chunk<Real>& chunk, const SettleOptions& options);

/// The read-out's drive, outputs x count: logits <- sum_q W_q,out s_q, in the free state.
template <class Real>
void read_logits(const Loop<Real>& loop, const Chunk<Real>& chunk, View<Real> logits);

/// The change of the logits that the clamped phase makes: sum_q W_q,out g_q e_q.
template <class Real>
void read_logits_difference(const Loop<Real>& loop, const Chunk<Real>& chunk, View<Real> logits);

/// The drive of every bank by the nudge: `difference_external` <- nudge / g_p B_p,out error. error: outputs x count.
template <class Real>
void drive_from_nudge(const Loop<Real>& loop, const Chunk<Real>& chunk, ConstView<Real> error);

/// Adds to it what the free phase has left: (h(s) - v) / g_p, the drive of the free states less the membranes. A free
/// state that noise moves is no equilibrium, and what differs then is not the nudge's work alone. After
/// drive_from_nudge; populations that are not nudged have this alone.
template <class Real>
void drive_from_residual(const Loop<Real>& loop, const Chunk<Real>& chunk);

/// Forgets the last clamped phase: the difference is zero again.
template <class Real>
void release(const Loop<Real>& loop, const Chunk<Real>& chunk);

/// Settles the clamped phase from the difference that is there; with options.ramped, under a nudge that grows by itself
/// in each step (the published residual and AGT nets). `contraction` is the free phase's, or zero: an
/// estimate of the loop's, used until the iteration shows its own.
template <class Real>
Settled settle_clamped(const Loop<Real>& loop, const Chunk<Real>& chunk, const SettleOptions& options,
                       double contraction);

/// What each sample does at the end of a phase that has not converged, from two more iterations. Leaves the phase as it
/// was.
template <class Real>
std::vector<Ending> endings(const Loop<Real>& loop, const Chunk<Real>& chunk, bool clamped,
                            const SettleOptions& options);

/// The steps of all banks in time, by population.
template <class Real>
std::vector<MembraneStep<Real>> membrane_steps(const Loop<Real>& loop, double step_s);

/// What a transient keeps of the drives from one step to the next, by population. Empty at the start of a phase.
template <class Real>
struct DriveHistory {
  std::vector<Matrix<Real>> now, last;
};

/// One step in time of the free phase, tau dv/dt = -v + h, by an exponential integrator of second order: advances the
/// membranes, which `drive` holds, and the states.
template <class Real>
void advance_free(const Loop<Real>& loop, const Chunk<Real>& chunk, const std::vector<MembraneStep<Real>>& steps,
                  DriveHistory<Real>& drives);

/// The same of a difference, which follows tau dd/dt = -d + (drive of e): advances difference_drive and difference.
/// With the nudge off, the way back to the free equilibrium.
template <class Real>
void advance_difference(const Loop<Real>& loop, const Chunk<Real>& chunk, const std::vector<MembraneStep<Real>>& steps,
                        DriveHistory<Real>& drives);

}  // namespace settle
