#include "python/src/bindings.h"

namespace {

// A message may have a path in it that is no UTF-8.
void raise_as(const char* type, const char* message) {
  namespace py = pybind11;
  const auto text = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefault(message));
  if (text) PyErr_SetObject(py::module_::import("settle._models").attr(type).ptr(), text.ptr());
}

void translate(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const settle::InputError& error) {
    raise_as("InputError", error.what());
  } catch (const settle::RunError& error) {
    raise_as("RunError", error.what());
  }
}

}  // namespace

PYBIND11_MODULE(_models, module) {
  namespace py = pybind11;
  module.doc() = "Settle's models in this process: what the package `settle` stands on.";
  const py::object input = py::register_exception<settle::InputError>(module, "InputError", PyExc_ValueError),
                   run = py::register_exception<settle::RunError>(module, "RunError", PyExc_RuntimeError);
  py::register_exception_translator(&translate);  // before those that came with the two
  input.attr("__module__") = "settle";
  run.attr("__module__") = "settle";
  input.attr("__doc__") = "Something that was given cannot be used: what, where, and how to mend it.";
  run.attr("__doc__") = "What was asked for correctly has failed.";
  settle::python::bind_arrays(module);
  settle::python::bind_keys(module);
  settle::python::bind_devices(module);
  settle::python::bind_crossbars(module);
  settle::python::bind_networks(module);
}
