// The configuration: all keys, and what Python gives as one.
#include "src/config/keys.h"

#include <regex>

#include <pybind11/stl.h>

#include "python/src/bindings.h"
#include "src/config/parse.h"
#include "src/config/value.h"

namespace settle::python {

Configuration configuration_of(const py::object& config, const std::vector<std::string>& changes) {
  const py::object resolve = py::module_::import("settle._configuration").attr("source_of");
  const py::tuple source = resolve(config);
  const auto path = py::module_::import("os").attr("fsencode")(source[0]).cast<std::string>();  // UTF-8 or not
  const auto text = source[1].cast<std::string>();
  auto overrides = source[2].cast<std::vector<std::string>>();
  overrides.insert(overrides.end(), changes.begin(), changes.end());
  if (!path.empty()) return read_configuration(path, overrides);
  try {
    return parse_configuration(text, "config", overrides);
  } catch (const InputError& error) {  // keys that were given have no lines
    throw InputError(std::regex_replace(error.what(), std::regex("^config:[0-9]+:"), "config:"));
  }
}

void bind_keys(py::module_& module) {
  module.def("keys", [] {
    Configuration defaults;
    py::list list;
    for (const Key& key : keys(defaults))
      list.append(py::make_tuple(key.name, to_toml(key.value), allowed(key.value), choices(key.value), key.meaning));
    return list;
  });
  module.def(
      "check_config", [](const py::object& config) { configuration_of(config); }, py::arg("config"));
}

}  // namespace settle::python
