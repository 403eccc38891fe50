// Matrix products, by OpenBLAS, on one thread: threads run over chunks of samples, above this.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// What op() does to a matrix.
enum class Op { none, transpose };

/// c = alpha op(a) op(b) + beta c, all contiguous by columns. Shapes must agree (std::logic_error).
/// The last bit of a result depends on the shapes: give equal work equal shapes where bytes must be equal.
template <class Real>
void gemm(Op op_a, Op op_b, Real alpha, ConstView<Real> a, ConstView<Real> b, Real beta, View<Real> c);

/// Columns [first, first + count) of c <- alpha a b^T + beta c: a share of a sum of outer products, for one thread.
template <class Real>
void outer_columns(Index first, Index count, Real alpha, ConstView<Real> a, ConstView<Real> b, Real beta, View<Real> c);

}  // namespace settle
