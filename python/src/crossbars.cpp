#include <pybind11/stl.h>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/crossbar/wires.h"
#include "settle/models/network/initial.h"
#include "src/run/device_spec.h"

namespace settle::python {
namespace {

ArraySpec array_spec_of(const std::pair<Index, Index>& shape, const Configuration& c) {
  ArraySpec spec = build_crossbar(c);
  spec.weight_at_bound *= glorot_limit(shape.first, shape.second);  // as those of networks, device.weight_range
  return spec;
}

class Array {
 public:
  Array(const py::object& shape, const py::object& config, std::uint64_t seed, const std::string& name)
      : Array(shape_of(shape, "shape"), configuration_of(config), seed, name) {}

  py::tuple shape() const { return py::make_tuple(model_.targets(), model_.sources()); }
  double weight_step() const { return model_.weight_step(); }
  double weight_per_siemens() const { return model_.weight_per_siemens(); }
  py::array weights() {
    const auto lock = guard_.enter();
    return array_of(model_.weights());
  }
  py::array effective() {
    const auto lock = guard_.enter();
    return array_of(Matrix<float>(model_.weight_scale() * model_.effective()));
  }
  py::array device_siemens() {
    const auto lock = guard_.enter();
    return array_of(model_.device_siemens());
  }
  py::array subtracted_siemens() {
    const auto lock = guard_.enter();
    return array_of(model_.subtracted_siemens());
  }
  void set_weights(const py::object& weights) {
    const auto lock = guard_.enter();
    const Matrix<float> wanted = matrix_of(weights, "weights");
    const py::gil_scoped_release released;
    model_.set_weights(wanted);
    model_.solve_wires(/*threads=*/1);
  }
  void add(const py::object& change) {
    const auto lock = guard_.enter();
    const Matrix<float> wanted = matrix_of(change, "change");
    const py::gil_scoped_release released;
    model_.add(wanted, /*threads=*/1);
  }
  py::dict pulse(const py::object& counts) {
    const auto lock = guard_.enter();
    const Matrix<float> wanted = matrix_of(counts, "counts");
    PulseSum sum;
    {
      const py::gil_scoped_release released;
      sum = model_.pulse(wanted, round_, /*threads=*/1);
    }
    ++round_;
    py::dict all;
    all["pulses"] = sum.pulses;
    all["mean_state"] = sum.pulses > 0 ? sum.state / sum.pulses : 0.0;
    return all;
  }
  void solve_wires() {
    const auto lock = guard_.enter();
    const py::gil_scoped_release released;
    model_.solve_wires(/*threads=*/1);
  }
  void elapse(double seconds) {
    const auto lock = guard_.enter();
    const py::gil_scoped_release released;
    model_.elapse(seconds, /*threads=*/1);
  }
  py::array read(const py::object& x, bool transposed, bool noise) {
    const auto lock = guard_.enter();
    const Matrix<float> inputs = samples_of(x, transposed ? model_.targets() : model_.sources(), "x");
    Matrix<float> sums(transposed ? model_.sources() : model_.targets(), inputs.cols());
    {
      const py::gil_scoped_release released;
      read_into(inputs, transposed, noise, sums);
    }
    return shaped_like(x, sums);
  }
  py::array currents(const py::object& volts, bool transposed) {
    const auto lock = guard_.enter();
    const Matrix<float> inputs = samples_of(volts, transposed ? model_.targets() : model_.sources(), "volts");
    Matrix<float> sums(transposed ? model_.sources() : model_.targets(), inputs.cols());
    {
      const py::gil_scoped_release released;
      read_into(inputs, transposed, /*noise=*/false, sums);
      sums /= float(model_.weight_per_siemens());
    }
    return shaped_like(volts, sums);
  }

 private:
  Array(const std::pair<Index, Index>& shape, const Configuration& c, std::uint64_t seed, const std::string& name)
      : model_(name, shape.first, shape.second, array_spec_of(shape, c), seed),
        read_noise_(seed, name, Purpose::read_noise) {}

  void read_into(const Matrix<float>& inputs, bool transposed, bool noise, Matrix<float>& sums) {
    const ConstView<float> x = columns(inputs, 0, inputs.cols());
    const View<float> y = columns(sums, 0, sums.cols());
    if (transposed)
      model_.read_transposed(x, y);
    else
      model_.read_forward(x, y);
    if (noise) model_.add_read_noise(read_noise_, 0, reads_++, x, y);
  }
  // One sample gives one.
  static py::array shaped_like(const py::object& asked, const Matrix<float>& sums) {
    if (py::array(py::array::ensure(asked)).ndim() == 1) return array_of(Vector<float>(sums.col(0)));
    return samples_array(sums, sums.cols());
  }

  OneAtATime guard_;
  Crossbar model_;
  Stream read_noise_;
  std::uint64_t round_ = 0;
  std::uint32_t reads_ = 0;
};

class Solver {
 public:
  Solver(const py::object& conductance, double r_segment_ohm, double r_source_ohm, double r_sense_ohm)
      : solver_(wide_matrix_of(conductance, "conductance"),
                Wires{r_segment_ohm, r_segment_ohm, r_source_ohm, r_sense_ohm}) {}

  py::array read(const py::object& volts, bool transposed) {
    const auto lock = guard_.enter();
    const Index driven = transposed ? solver_.cols() : solver_.rows();
    const Matrix<double> v = wide_samples_of(volts, driven, "volts");
    Matrix<double> currents(transposed ? solver_.rows() : solver_.cols(), v.cols());
    {
      const py::gil_scoped_release released;
      WireWorkspace<double> workspace;
      const ConstView<double> from = columns(v, 0, v.cols());
      const View<double> to = columns(currents, 0, currents.cols());
      if (transposed)
        solver_.read_transposed(from, to, workspace);
      else
        solver_.read(from, to, workspace);
    }
    if (py::array(py::array::ensure(volts)).ndim() == 1) return array_of(Vector<double>(currents.col(0)));
    return samples_array(currents, currents.cols());
  }
  py::dict solve(const py::object& volts) {
    const auto lock = guard_.enter();
    const Matrix<double> v = wide_samples_of(volts, solver_.rows(), "volts");
    if (v.cols() != 1) throw InputError("volts: must be one vector of " + std::to_string(solver_.rows()));
    WireSolution solution;
    {
      const py::gil_scoped_release released;
      solution = solver_.solve(v.col(0));
    }
    py::dict all;
    all["word"] = array_of(solution.word);
    all["bit"] = array_of(solution.bit);
    all["source_current"] = array_of(solution.source_current);
    all["sense_current"] = array_of(solution.sense_current);
    return all;
  }

 private:
  OneAtATime guard_;
  WireSolver solver_;
};

}  // namespace

void bind_crossbars(py::module_& module) {
  py::class_<Array>(module, "Crossbar",
                    R"(A crossbar: weights on devices, read from either side.

Crossbar(shape, config=None, seed=1, name="array")

shape: (targets, sources): bit lines, word lines. config: a path or keys, of which [device], [crossbar], [wire] and
[chip] say what it is made of: {"device.preset": "ecram", "wire.r_segment_ohm": 1.0}. A weight at the device's upper
bound is device.weight_range Glorot limits, sqrt(6 / (targets + sources)). Weights begin at zero.)")
      .def(py::init<const py::object&, const py::object&, std::uint64_t, const std::string&>(), py::arg("shape"),
           py::arg("config") = py::none(), py::arg("seed") = 1, py::arg("name") = "array")
      .def_property_readonly("shape", &Array::shape, "(targets, sources)")
      .def_property_readonly("weights", &Array::weights,
                             "The weights as they were written: a copy, targets x sources; without drift and wires.")
      .def_property_readonly("effective", &Array::effective,
                             "The weights as reads find them, targets x sources: with drift, noise and wires.")
      .def_property_readonly("device_siemens", &Array::device_siemens,
                             "The conductance of each weight's device, targets x sources, in siemens, without wires.")
      .def_property_readonly("subtracted_siemens", &Array::subtracted_siemens,
                             "The conductance that is subtracted from each, targets x sources, in siemens.")
      .def_property_readonly("weight_step", &Array::weight_step, "The change of a weight that a pulse stands for.")
      .def_property_readonly("weight_per_siemens", &Array::weight_per_siemens,
                             "The weight that a siemens of difference stands for, 1/S.")
      .def("set_weights", &Array::set_weights, py::arg("weights"),
           "Writes weights (targets x sources) as far as the devices' bounds allow, without pulses, and solves the "
           "wires.")
      .def("add", &Array::add, py::arg("change"),
           "Adds a change (targets x sources) to the weights, exactly, within the devices' bounds.")
      .def("pulse", &Array::pulse, py::arg("counts"),
           R"(Sends each weight |counts| pulses, upwards where counts is above zero.

counts: targets x sources, whole numbers up to 2^24. The devices of a pair share them. Returns {"pulses": how many in
all, "mean_state": the mean over pulses of the device's state half way}.)")
      .def("solve_wires", &Array::solve_wires, "Solves the wires for the weights as they are now.")
      .def("elapse", &Array::elapse, py::arg("seconds"), "Lets devices drift, relax and leak for so many seconds.")
      .def("read", &Array::read, py::arg("x"), py::arg("transposed") = false, py::arg("noise") = false,
           R"(W x, or W^T x where the bit lines are driven.

x: samples x sources (transposed: x targets), or one sample; fractions of full scale. Returns samples x targets
(transposed: x sources), in units of weights times inputs. noise: with that of one read of the devices.)")
      .def("currents", &Array::currents, py::arg("volts"), py::arg("transposed") = false,
           R"(The currents that a read senses, in ampere: those of the weights' devices minus what is subtracted.

volts: samples x sources (transposed: x targets), or one sample, on devices that count as linear.)");

  py::class_<Solver>(module, "WireSolver",
                     R"(A matrix of conductances behind wires with resistance, by Kirchhoff's laws.

WireSolver(conductance, r_segment_ohm=0, r_source_ohm=0, r_sense_ohm=0)

conductance: word lines x bit lines, in siemens. A segment of wire lies between neighbouring cells, a source's
resistance before each word line, and that of a sense amplifier, at 0 V, behind each bit line.)")
      .def(py::init<const py::object&, double, double, double>(), py::arg("conductance"),
           py::arg("r_segment_ohm") = 0.0, py::arg("r_source_ohm") = 0.0, py::arg("r_sense_ohm") = 0.0)
      .def("read", &Solver::read, py::arg("volts"), py::arg("transposed") = false,
           R"(The currents into the sense amplifiers, in ampere, right to 1e-10 of the largest.

volts: samples x word lines, or one sample; returns samples x bit lines. transposed: bit lines are driven, and word
lines sensed.)")
      .def("solve", &Solver::solve, py::arg("volts"),
           R"(Everything for one vector of volts on the word lines: {"word", "bit"}: voltages of all nodes, word lines
x bit lines; {"source_current"}: out of each source; {"sense_current"}: into each sense amplifier, in ampere.)");
}

}  // namespace settle::python
