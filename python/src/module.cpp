#include "python/src/bindings.h"

PYBIND11_MODULE(_models, module) {
  namespace py = pybind11;
  module.doc() = "Settle's models in this process: what the package `settle` stands on.";
  const py::object input = py::register_exception<settle::InputError>(module, "InputError", PyExc_ValueError),
                   run = py::register_exception<settle::RunError>(module, "RunError", PyExc_RuntimeError);
  input.attr("__module__") = "settle";
  run.attr("__module__") = "settle";
  input.attr("__doc__") = "Something that was given cannot be used: what, where, and how to mend it.";
  run.attr("__doc__") = "What was asked for correctly has failed.";
  settle::python::bind_keys(module);
  settle::python::bind_devices(module);
  settle::python::bind_crossbars(module);
  settle::python::bind_networks(module);
}
