// The parts of the Python module settle._models: each file binds a family of models.
#pragma once

#include <mutex>

#include <pybind11/pybind11.h>

#include "settle/models/error.h"
#include "src/config/configuration.h"

namespace settle::python {

namespace py = pybind11;

void bind_arrays(py::module_& module);
void bind_keys(py::module_& module);
void bind_devices(py::module_& module);
void bind_crossbars(py::module_& module);
void bind_networks(py::module_& module);

/// The configuration that Python means: None (the defaults), the path of a TOML file, or a mapping of keys, nested or
/// as "section.key". What is wrong with it is an InputError with the program's text.
/// `changes` are made after it, each "key=value".
Configuration configuration_of(const py::object& config, const std::vector<std::string>& changes = {});

/// Python may call an object from several threads, of which one at a time may be in it. A thread that is in it may call
/// it again.
class OneAtATime {
 public:
  /// Held while a call is in the object; RunError where another thread's is.
  [[nodiscard]] std::unique_lock<std::recursive_mutex> enter() {
    std::unique_lock<std::recursive_mutex> lock(mutex_, std::try_to_lock);
    if (!lock) throw RunError("another thread is at work on this object: give each thread one of its own");
    return lock;
  }

 private:
  std::recursive_mutex mutex_;
};

}  // namespace settle::python
