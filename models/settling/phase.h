// The two phases of equilibrium propagation on a chunk of samples, by fixed-point iteration.
//
// Free:     h_p = sum_q alpha W_qp s_q + sum_r beta B_pr s_r,  s_p = f(h_p)               (arXiv 2508.11659, eq. 3)
// Clamped:  the same with the nudge added at the read-out's sources. Solved for the difference to the free phase,
//           divided by each population's scale g_p, so that weak feedback costs no precision:
//           d_p = sum_q alpha (g_q/g_p) W_qp e_q + sum_r beta (g_r/g_p) B_pr e_r + (nudge/g_p) B_p,out error
//           e_p = (f(h_p + g_p d_p) - f(h_p)) / g_p
#pragma once

#include "settle/models/circuit/circuit.h"
#include "settle/models/settling/ending.h"
#include "settle/models/settling/options.h"

namespace settle {

/// external <- the drive of every bank by the input: the sum of W x over projections from the input. x: inputs x count.
template <class Real>
void drive_from_input(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> x);

/// Settles the free phase from zero; one sweep is exact where Circuit::feedforward. Writes drive and state.
template <class Real>
Settled settle_free(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options);

/// Settles the free phase from the present states instead, by steps of the map or by sweeps that do not overshoot.
template <class Real>
Settled settle_free_on(const Circuit<Real>& circuit, const Chunk<Real>& chunk, SettleOptions options);

/// logits (outputs x count) <- the read-out's drive in the free state: sum_q W_q,out s_q.
template <class Real>
void read_logits(const Circuit<Real>& circuit, const Chunk<Real>& chunk, View<Real> logits);

/// logits <- their change by the clamped phase: sum_q W_q,out g_q e_q.
template <class Real>
void read_logits_difference(const Circuit<Real>& circuit, const Chunk<Real>& chunk, View<Real> logits);

/// difference_external <- the drive of every bank by the nudge: nudge / g_p B_p,out error; and by what holding its free
/// drive has added to that. error: outputs x count.
template <class Real>
void drive_from_nudge(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> error);

/// Adds the free phase's residual, (h(s) - v) / g_p, to difference_external: the drive that the free states make, less
/// the membranes. Free states that noise moves are no equilibrium, and without this their own movement would count as
/// the nudge's. To be called after drive_from_nudge; populations without a nudge have the residual alone.
template <class Real>
void drive_from_residual(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

/// Sets all differences to zero, where the first clamped phase of a sample starts.
template <class Real>
void release(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

/// Turns all differences to their negatives. That is nearly what the opposite nudge makes of them, so a second clamped
/// phase is solved from there.
template <class Real>
void negate(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

/// Settles the clamped phase from the present differences. With options.ramped the nudge grows by itself in each step
/// (the published residual and AGT nets). `contraction` is that of the free phase, or zero; it is used until the
/// iteration has shown its own.
template <class Real>
Settled settle_clamped(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options,
                       double contraction);

/// The ending of each sample in a phase that has not converged, judged by two more iterations. The phase is left as it
/// was.
template <class Real>
std::vector<Ending> endings(const Circuit<Real>& circuit, const Chunk<Real>& chunk, bool clamped,
                            const SettleOptions& options);

}  // namespace settle
