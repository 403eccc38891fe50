// An operator as a matrix.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// The matrix, rows() x cols(), of a linear operator that has perform_op(x, y), as Spectra's have: its columns are what
/// it makes of unit vectors.
template <class Operator>
Matrix<double> dense_operator(const Operator& op) {
  Matrix<double> a(op.rows(), op.cols());
  Vector<double> unit = Vector<double>::Zero(op.cols());
  for (Index j = 0; j < op.cols(); ++j) {
    unit[j] = 1;
    op.perform_op(unit.data(), a.col(j).data());
    unit[j] = 0;
  }
  return a;
}

}  // namespace settle
