#include "python/src/arrays.h"

#include <cmath>

#include <fmt/format.h>

#include "python/src/bindings.h"
#include "settle/models/error.h"
#include "src/run/memory.h"

namespace settle::python {
namespace {

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::string shape_text(const py::array& array) {
  std::string text;
  for (py::ssize_t d = 0; d < array.ndim(); ++d) text += (d == 0 ? "" : " x ") + std::to_string(array.shape(d));
  return text.empty() ? "a number" : text;
}

[[noreturn]] void refuse(const std::string& what, const std::string& why) { throw InputError(what + ": " + why); }

// Whether elements are masked (numpy.ma), also those of arrays in a list, whose masks NumPy drops.
bool is_masked(const py::handle& any) {
  if (PyFloat_Check(any.ptr()) || PyLong_Check(any.ptr())) return false;
  if (py::isinstance<py::array>(any)) return py::module_::import("numpy.ma").attr("is_masked")(any).cast<bool>();
  if (!PyList_Check(any.ptr()) && !PyTuple_Check(any.ptr())) return false;
  for (const py::handle& each : py::reinterpret_borrow<py::sequence>(any))
    if (is_masked(each)) return true;
  return false;
}

}  // namespace

py::array real_array(const py::object& any, const std::string& what) {
  py::array array = py::array::ensure(any);
  if (!array) {
    PyErr_Clear();
    refuse(what, "must be an array of numbers");
  }
  const char kind = array.dtype().kind();
  if (kind != 'b' && kind != 'i' && kind != 'u' && kind != 'f')
    refuse(what, "must be an array of real numbers, not of type " + std::string(py::str(array.dtype())));
  if (is_masked(any))
    refuse(what, "has masked elements, which have no numbers: fill them (numpy.ma.filled), or leave their rows out");
  return array;
}

namespace {

Index count_of(const py::array& array) { return array.ndim() == 0 ? 1 : Index(array.shape(0)); }

}  // namespace

py::array_t<double, py::array::c_style> numbers(const py::object& any, const std::string& what) {
  const Doubles array = Doubles::ensure(real_array(any, what));
  if (!array) throw py::error_already_set();
  const double* data = array.data();
  for (py::ssize_t i = 0; i < array.size(); ++i)
    if (!std::isfinite(data[i])) refuse(what, fmt::format("element {} of {} is {}", i, array.size(), data[i]));
  return py::array_t<double, py::array::c_style>(array);
}

Matrix<double> wide_matrix_of(const py::object& any, const std::string& what) {
  const auto array = numbers(any, what);
  if (array.ndim() != 2) refuse(what, "must be a matrix, not " + shape_text(array));
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      array.data(), array.shape(0), array.shape(1));
}

Matrix<float> matrix_of(const py::object& any, const std::string& what) {
  const Matrix<float> narrow = wide_matrix_of(any, what).cast<float>();
  if (!narrow.allFinite()) refuse(what, "holds numbers beyond 3.4e38");
  return narrow;
}

Matrix<double> wide_samples_of(const py::object& any, Index nodes, const std::string& what) {
  const auto array = numbers(any, what);
  const bool one = array.ndim() == 1;
  if ((!one && array.ndim() != 2) || Index(array.shape(one ? 0 : 1)) != nodes || (!one && array.shape(0) == 0))
    refuse(what, fmt::format("must be samples x {}, or one sample of {}, not {}", nodes, nodes, shape_text(array)));
  return ConstView<double>(array.data(), nodes, one ? 1 : Index(array.shape(0)));
}

Matrix<float> samples_of(const py::object& any, Index nodes, const std::string& what) {
  const Matrix<float> samples = wide_samples_of(any, nodes, what).cast<float>();
  if (!samples.allFinite()) refuse(what, "holds numbers beyond 3.4e38");
  return samples;
}

Matrix<std::uint8_t> pixels_of(const py::object& any, Index inputs, const std::string& what) {
  const py::array array = real_array(any, what);
  const Index count = count_of(array);
  if (array.ndim() < 2 || count == 0 || Index(array.size()) != count * inputs)
    refuse(what, fmt::format("must be samples x {}, or samples of images of {} pixels, not {}", inputs, inputs,
                             shape_text(array)));
  if (array.dtype().kind() == 'u' && array.dtype().itemsize() == 1) {
    const auto bytes = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>::ensure(array);
    return ConstView<std::uint8_t>(bytes.data(), inputs, count);
  }
  const auto all = numbers(array, what);
  const Eigen::Map<const Vector<double>> values(all.data(), all.size());
  if (values.minCoeff() < 0 || values.maxCoeff() > 1)
    refuse(what, fmt::format("numbers must be from 0 to 1 (or bytes, of type uint8), but they are from {} to {}",
                             values.minCoeff(), values.maxCoeff()));
  Matrix<std::uint8_t> pixels(inputs, count);
  for (Index i = 0; i < pixels.size(); ++i) pixels(i) = std::uint8_t(std::lround(255 * values[i]));
  return pixels;
}

Vector<std::uint8_t> labels_of(const py::object& any, Index samples, Index classes, const std::string& what) {
  const auto array = numbers(any, what);
  if (array.ndim() != 1 || Index(array.size()) != samples)
    refuse(what, fmt::format("must be {} labels, one for each sample, not {}", samples, shape_text(array)));
  Vector<std::uint8_t> labels(samples);
  for (Index i = 0; i < samples; ++i) {
    const double label = array.data()[i];
    if (label != std::floor(label) || label < 0 || label >= double(classes))
      refuse(what, fmt::format("label {} of sample {} must be a whole number from 0 to {}", label, i, classes - 1));
    labels[i] = std::uint8_t(label);
  }
  return labels;
}

std::pair<Index, Index> shape_of(const py::object& shape, const std::string& what) {
  constexpr std::int64_t most = 65536;
  const auto refused = [&] {
    refuse(what, fmt::format("must be (rows, columns), whole numbers from 1 to {}, not {}", most,
                             std::string(py::repr(shape))));
  };
  try {
    const auto [rows, cols] = shape.cast<std::pair<std::int64_t, std::int64_t>>();
    if (rows < 1 || cols < 1 || rows > most || cols > most) refused();
    constexpr double bytes_of_cell = 31 * 4;  // states, bounds and gains, what reads find, and copies on the way
    const double needed = bytes_of_cell * double(rows) * double(cols);
    if (needed > machine_bytes())
      refuse(what, fmt::format("{} x {} cells need about {:.3g} GB of memory, and there are {:.3g}", rows, cols,
                               needed / 1e9, machine_bytes() / 1e9));
    return {rows, cols};
  } catch (const py::cast_error&) {
    refused();
  }
  return {};
}

void bind_arrays(py::module_& module) { module.def("real_array", &real_array, py::arg("any"), py::arg("what")); }

}  // namespace settle::python
