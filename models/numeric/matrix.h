// The matrices of the whole program: column-major, a row for each node of a population, a column for each sample.
#pragma once

#include <cstdint>

#include <Eigen/Core>

namespace settle {

using Index = Eigen::Index;

template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// A contiguous range of columns of a matrix: a chunk of samples.
template <class Real>
using View = Eigen::Map<Matrix<Real>>;
template <class Real>
using ConstView = Eigen::Map<const Matrix<Real>>;

template <class Real>
View<Real> columns(Matrix<Real>& m, Index first, Index count) {
  return View<Real>(m.data() + first * m.rows(), m.rows(), count);
}

template <class Real>
ConstView<Real> columns(const Matrix<Real>& m, Index first, Index count) {
  return ConstView<Real>(m.data() + first * m.rows(), m.rows(), count);
}

}  // namespace settle
