// The true gradient of the loss at the free equilibrium, to hold the direction of equilibrium propagation against.
//
// With h = M line(s) + external, s = f(h), logits = W_out line(s) and error = target - SoftMax(logits) = -dL/dlogits,
// implicit differentiation gives delta = -dL/dh as the fixed point of
//   delta = f'(h) line'(s) (M^T delta + W_out^T error)
// and -dL/dW = alpha delta_post line(s_pre)^T (Almeida 1987, Pineda 1987). Without feedback this is back-propagation.
#pragma once

#include "models/learning/protocol.h"
#include "models/settling/phase.h"

namespace settle {

/// A matrix for each of the loop's couplings, shaped like its forward matrix; empty where there is none.
template <class Real>
using Directions = std::vector<Matrix<Real>>;

/// Minus the gradient of the loss, summed over the samples of `chunk`, whose free phase is settled, by the elements of
/// each coupling's forward matrix. Where that is also read backwards (Op::transpose), with what it does there.
/// x: inputs x samples; error: outputs x samples. `solved` says how the adjoint's iteration ended.
template <class Real>
Directions<Real> descent(const Loop<Real>& loop, const Chunk<Real>& chunk, const Matrix<Real>& x,
                         const Matrix<Real>& error, const SettleOptions& options, Settled& solved);

/// What equilibrium propagation changes the weights by: sum over the samples of post pre^T, with the differences of
/// the clamped phase, which is settled, as they are scaled (Loop::scale), and the error at the read-out.
template <class Real>
Directions<Real> contrast_of(const Loop<Real>& loop, const Chunk<Real>& chunk, const Matrix<Real>& x,
                             const Matrix<Real>& error, ContrastTerms terms);

/// How one direction lies to another. NaN when one of them is zero.
struct Alignment {
  double cosine;
  double ratio;  // of the first's norm to the second's
};
template <class Real>
Alignment alignment(const Matrix<Real>& direction, const Matrix<Real>& reference);

}  // namespace settle
