// The true gradient of the loss at the free equilibrium, to hold the direction of equilibrium propagation against.
//
// With h = M line(s) + external, s = f(h), logits = W_out line(s) and error = target - SoftMax(logits) = -dL/dlogits,
// implicit differentiation gives delta = -dL/dh as the fixed point of
//   delta = f'(h) line'(s) (M^T delta + W_out^T error)
// and -dL/dW = alpha delta_post line(s_pre)^T (Almeida 1987, Pineda 1987). Without feedback this is back-propagation.
#pragma once

#include "settle/models/learning/protocol.h"
#include "settle/models/settling/phase.h"

namespace settle {

/// A matrix for each of the circuit's projections, shaped like its forward matrix; empty where there is none.
template <class Real>
using Directions = std::vector<Matrix<Real>>;

/// Minus the gradient of the loss by the cells of each projection, summed over the samples of `chunk`, whose free phase
/// is settled. For cells that are also read backwards (Side::bit_lines) it contains both uses. x: inputs x samples;
/// error: outputs x samples. `solved` says how the adjoint's iteration ended.
template <class Real>
Directions<Real> descent(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const Matrix<Real>& x,
                         const Matrix<Real>& error, const SettleOptions& options, Settled& solved);

/// The direction in which equilibrium propagation changes the weights: the sum over the samples of post pre^T. It takes
/// the differences of the settled clamped phase as they are scaled (Circuit::scale), and the error at the read-out.
template <class Real>
Directions<Real> contrast_of(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const Matrix<Real>& x,
                             const Matrix<Real>& error, ContrastTerms terms);

/// The agreement of two directions. NaN when one of them is zero.
struct Alignment {
  double cosine;
  double ratio;  // norm of the direction over that of the reference
};
template <class Real>
Alignment alignment(const Matrix<Real>& direction, const Matrix<Real>& reference);

}  // namespace settle
