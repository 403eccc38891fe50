// The matrices of the whole program: column-major, a row for each node of a population, a column for each sample.
#pragma once

#include <cstdint>

#include <Eigen/Core>

namespace settle {

/// Rows, columns, populations, samples: signed, as Eigen counts.
using Index = Eigen::Index;

/// A node of a population for each row, a sample for each column; or targets x sources of a projection.
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
/// One column.
template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// A contiguous range of columns of a matrix: a chunk of samples.
template <class Real>
using View = Eigen::Map<Matrix<Real>>;
template <class Real>
using ConstView = Eigen::Map<const Matrix<Real>>;

/// Columns [first, first + count) of a matrix, without a copy.
template <class Real>
View<Real> columns(Matrix<Real>& m, Index first, Index count) {
  return View<Real>(m.data() + first * m.rows(), m.rows(), count);
}

/// The same, to be read alone.
template <class Real>
ConstView<Real> columns(const Matrix<Real>& m, Index first, Index count) {
  return ConstView<Real>(m.data() + first * m.rows(), m.rows(), count);
}

}  // namespace settle
