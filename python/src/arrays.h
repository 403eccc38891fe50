// NumPy arrays to matrices and back. What has samples has a row for each in Python and a column in the models, so that
// both lie in memory in the same order; weights and devices are targets x sources in both.
#pragma once

#include <string>
#include <vector>

#include <pybind11/numpy.h>

#include "settle/models/numeric/matrix.h"

namespace settle::python {

namespace py = pybind11;

/// An array of real numbers, as NumPy makes one of anything. InputError, which names `what`, for what holds no real
/// numbers, and where some are masked (numpy.ma): what lies under a mask is no number that was given.
py::array real_array(const py::object& any, const std::string& what);
/// Numbers, as anything that NumPy makes an array of. InputError, which names `what`, for what is no real_array(),
/// and for NaN and infinity.
py::array_t<double, py::array::c_style> numbers(const py::object& any, const std::string& what);

/// The same as a matrix: rows x cols as they are.
Matrix<float> matrix_of(const py::object& any, const std::string& what);
Matrix<double> wide_matrix_of(const py::object& any, const std::string& what);
/// The same of samples: n x nodes, or one sample, to nodes x n; `nodes` is what there must be.
Matrix<float> samples_of(const py::object& any, Index nodes, const std::string& what);
Matrix<double> wide_samples_of(const py::object& any, Index nodes, const std::string& what);
/// Pixels as the host gets them: bytes as they are, numbers from 0 to 1 as the nearest of 256 codes. n x inputs, or n
/// images of as many pixels.
Matrix<std::uint8_t> pixels_of(const py::object& any, Index inputs, const std::string& what);
/// Whole numbers from 0 to classes - 1, one for each sample.
Vector<std::uint8_t> labels_of(const py::object& any, Index samples, Index classes, const std::string& what);

template <class Real>
py::array_t<Real> array_of(const Matrix<Real>& matrix) {
  py::array_t<Real> array({matrix.rows(), matrix.cols()});
  Eigen::Map<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(array.mutable_data(), matrix.rows(),
                                                                                   matrix.cols()) = matrix;
  return array;
}
template <class Real>
py::array_t<Real> array_of(const Vector<Real>& vector) {
  return py::array_t<Real>(vector.size(), vector.data());
}
/// nodes x columns to n x nodes, without the columns beyond `samples`, which are padding.
template <class Real>
py::array_t<Real> samples_array(const Matrix<Real>& matrix, Index samples) {
  py::array_t<Real> array({samples, matrix.rows()});
  View<Real>(array.mutable_data(), matrix.rows(), samples) = matrix.leftCols(samples);
  return array;
}
/// Rows and columns of a shape, each one or more and not beyond `most`.
std::pair<Index, Index> shape_of(const py::object& shape, const std::string& what);

}  // namespace settle::python
