#include <pybind11/stl.h>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "settle/models/device/device_array.h"
#include "src/run/device_spec.h"

namespace settle::python {
namespace {

DevicePreset preset_of(const std::optional<std::string>& preset, const py::object& config) {
  std::vector<std::string> changes;
  if (preset) changes.push_back("device.preset=" + device_preset(*preset).name);
  Configuration c = configuration_of(config, changes);
  c.crossbar.mapping = Mapping::pair;  // devices that pulses move one way are refused in an array without pairs
  c.crossbar.reference = Reference::zero;
  return build_crossbar(c).device;
}

class Devices {
 public:
  Devices(const py::object& shape, const std::optional<std::string>& preset, const py::object& config,
          std::uint64_t seed, const std::string& name)
      : Devices(shape_of(shape, "shape"), preset_of(preset, config), seed, name) {}

  py::tuple shape() const { return py::make_tuple(devices_.state().rows(), devices_.state().cols()); }
  std::string preset() const { return devices_.preset().name; }
  py::array state() {
    const auto lock = guard_.enter();
    return array_of(devices_.state());
  }
  void set_state(const py::object& state) {
    const auto lock = guard_.enter();
    devices_.set_state(matrix_of(state, "state"));
  }
  py::dict pulse(const py::object& counts) {
    const auto lock = guard_.enter();
    const Matrix<float> wanted = matrix_of(counts, "counts");
    PulseSum sum;
    {
      const py::gil_scoped_release released;
      sum = devices_.pulse(wanted, round_, /*threads=*/1);
    }
    ++round_;
    return figures(sum);
  }
  py::dict reset(const py::object& which) {
    const auto lock = guard_.enter();
    const PulseSum sum = devices_.reset(matrix_of(which, "which"), round_, /*threads=*/1);
    ++round_;
    return figures(sum);
  }
  void add(const py::object& change) {
    const auto lock = guard_.enter();
    devices_.add(matrix_of(change, "change"), /*threads=*/1);
  }
  void decay(double factor) {
    const auto lock = guard_.enter();
    devices_.decay(factor, /*threads=*/1);
  }
  py::dict cells() {
    const auto lock = guard_.enter();
    const DeviceArray::Cells& cells = devices_.cells();
    py::dict all;
    for (const auto& [name, matrix] : {std::pair{"up", &cells.up},
                                       {"down", &cells.down},
                                       {"slope_up", &cells.slope_up},
                                       {"slope_down", &cells.slope_down},
                                       {"lower", &cells.lower},
                                       {"upper", &cells.upper}})
      all[name] = array_of(*matrix);
    return all;
  }

 private:
  Devices(const std::pair<Index, Index>& shape, const DevicePreset& preset, std::uint64_t seed, const std::string& name)
      : devices_(name, shape.first, shape.second, preset, seed) {}

  static py::dict figures(const PulseSum& sum) {
    py::dict all;
    all["pulses"] = sum.pulses;
    all["mean_state"] = sum.pulses > 0 ? sum.state / sum.pulses : 0.0;
    return all;
  }

  OneAtATime guard_;
  DeviceArray devices_;
  std::uint64_t round_ = 0;
};

}  // namespace

void bind_devices(py::module_& module) {
  module.def(
      "presets", [] { return names_of(device_presets()); }, "The names of the devices that Settle knows.");
  py::class_<Devices>(module, "DeviceArray",
                      R"(An array of synaptic devices, and what pulses do to them.

DeviceArray(shape, preset=None, config=None, seed=1, name="devices")

shape: (rows, columns). preset: "ecram", "reram-es", ... (settle.presets()); config: a path or keys, whose section
[device] says what the preset is, and which of its numbers are others: {"device.dw_min": 0.01}. seed and name choose
the random numbers: equal arrays behave in equal ways.

States are normalised: 1 is the upper end of the nominal device's range, -1 (or 0) the lower one.)")
      .def(py::init<const py::object&, const std::optional<std::string>&, const py::object&, std::uint64_t,
                    const std::string&>(),
           py::arg("shape"), py::arg("preset") = py::none(), py::arg("config") = py::none(), py::arg("seed") = 1,
           py::arg("name") = "devices")
      .def_property_readonly("shape", &Devices::shape, "(rows, columns)")
      .def_property_readonly("preset", &Devices::preset, "The device's name.")
      .def_property_readonly("state", &Devices::state, "The states, normalised: a copy, rows x columns of float32.")
      .def("set_state", &Devices::set_state, py::arg("state"),
           "Sets the states (rows x columns), each clipped to its device's bounds.")
      .def("pulse", &Devices::pulse, py::arg("counts"),
           R"(Gives each device |counts| pulses, upwards where counts is above zero.

counts: rows x columns, whole numbers up to 2^24. Each call draws its own noise. Returns {"pulses": how many in all,
"mean_state": the mean over pulses of the state half way}.)")
      .def("reset", &Devices::reset, py::arg("which"),
           "Resets the devices where `which` (rows x columns) is not zero, by a pulse each. Returns what pulse() does.")
      .def("add", &Devices::add, py::arg("change"),
           "Adds a change (rows x columns) exactly, clipped to the bounds: an update without the physics of one.")
      .def("decay", &Devices::decay, py::arg("factor"), "Leakage: states *= factor, from 0 to 1.")
      .def_property_readonly(
          "cells", &Devices::cells,
          R"(What each device is like, rows x columns: {"up", "down"}: its step at full response; {"slope_up",
"slope_down"}: of a response that is affine in the state; {"lower", "upper"}: its bounds.)");
}

}  // namespace settle::python
