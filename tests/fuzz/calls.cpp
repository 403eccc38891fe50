// Calls of the models' public functions with any arguments: each is refused, or does no harm. The bytes say which part
// is made, of what size, and what is then asked of it, in which order.
#include <cmath>
#include <limits>

#include "settle/models/chip/chip.h"
#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/network/topology.h"
#include "settle/models/neuron/bank.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {
namespace {

// What the bytes say, one after another; zeros when they are over.
class Script {
 public:
  explicit Script(const std::string& bytes) : bytes_(bytes) {}

  bool over() const { return at_ >= bytes_.size(); }
  unsigned byte() { return over() ? 0 : static_cast<unsigned char>(bytes_[at_++]); }
  bool flag() { return byte() % 2 != 0; }
  /// A size, most of them small, some of them wrong.
  Index size() { return Index(byte() % 12) - 2; }
  /// A number, usual or unusual.
  double number() {
    static const double numbers[] = {0,
                                     1,
                                     -1,
                                     0.5,
                                     -0.5,
                                     2,
                                     1e-3,
                                     1e-9,
                                     1e-30,
                                     1e30,
                                     1e300,
                                     -1e30,
                                     1e-320,
                                     3.5,
                                     100,
                                     7e-7,
                                     0.25,
                                     -3,
                                     std::numeric_limits<double>::quiet_NaN(),
                                     std::numeric_limits<double>::infinity()};
    return numbers[byte() % (sizeof numbers / sizeof *numbers)];
  }
  /// Of the shape that is wanted, most of the time.
  Matrix<float> matrix(Index rows, Index cols) {
    if (byte() % 8 == 1) {
      rows = size();
      cols = size();
    }
    Matrix<float> m(std::max<Index>(0, rows), std::max<Index>(0, cols));
    m.setConstant(float(number()));
    if (m.size() > 0 && flag()) m(Index(byte()) % m.size()) = float(number());
    return m;
  }
  std::string word(const std::vector<std::string>& known) {
    const std::size_t i = byte() % (known.size() + 1);
    return i < known.size() ? known[i] : "no such thing";
  }

 private:
  const std::string& bytes_;
  std::size_t at_ = 0;
};

// Refusals, and runs that end for a reason, are all right; what our own code would blame itself for is not.
template <class Act>
void tried(const Act& act) {
  try {
    act();
  } catch (const InputError& error) {
    if (std::string(error.what()).find('\n') != std::string::npos) throw std::logic_error("a refusal of several lines");
  } catch (const RunError&) {
  }
}

ArraySpec array_spec(Script& script) {
  std::vector<std::string> names;
  for (const DevicePreset& p : device_presets()) names.push_back(p.name);
  ArraySpec spec(device_preset(script.word(names)));
  if (script.flag()) spec.mapping = Mapping(script.byte() % 4);
  if (script.flag()) spec.reference = Reference(script.byte() % 4);
  double* const members[] = {&spec.weight_at_bound,
                             &spec.conductance_min_siemens,
                             &spec.conductance_max_siemens,
                             &spec.read_v,
                             &spec.temperature_k,
                             &spec.device.dw_min,
                             &spec.device.w_max,
                             &spec.device.w_min,
                             &spec.device.ctoc,
                             &spec.device.gamma_up,
                             &spec.device.endurance,
                             &spec.device.read_noise,
                             &spec.device.drift_nu,
                             &spec.device.leak_time_s,
                             &spec.device.dtod};
  for (unsigned changes = script.byte() % 3; changes > 0; --changes)
    *members[script.byte() % (sizeof members / sizeof *members)] = script.number();
  return spec;
}

void try_devices(Script& script) {
  const ArraySpec spec = array_spec(script);
  const Index rows = script.size(), cols = script.size();
  DeviceArray devices("devices", rows, cols, spec.device, script.byte());
  for (std::uint64_t round = 0; !script.over(); ++round)
    tried([&] {
      switch (script.byte() % 6) {
        case 0:
          devices.set_state(script.matrix(rows, cols));
          break;
        case 1:
          devices.pulse(script.matrix(rows, cols), round, 1);
          break;
        case 2:
          devices.reset(script.matrix(rows, cols), round, 1);
          break;
        case 3:
          devices.add(script.matrix(rows, cols), 1);
          break;
        case 4:
          devices.decay(script.number(), 1);
          break;
        case 5:
          devices.ends();
          break;
      }
    });
}

void try_crossbar(Script& script) {
  const ArraySpec spec = array_spec(script);
  const Index targets = script.size(), sources = script.size();
  Crossbar crossbar("array", targets, sources, spec, script.byte());
  for (std::uint64_t round = 0; !script.over(); ++round)
    tried([&] {
      const Matrix<float> matrix = script.matrix(targets, sources);
      switch (script.byte() % 8) {
        case 0:
          crossbar.set_weights(matrix);
          break;
        case 1:
          crossbar.pulse(matrix, round, 1);
          break;
        case 2:
          crossbar.add(matrix, 1);
          break;
        case 3:
          crossbar.set_states(matrix, script.matrix(targets, sources));
          break;
        case 4: {
          const Matrix<float> x = script.matrix(sources, 2);
          Matrix<float> y(std::max<Index>(0, targets), x.cols());
          crossbar.read_forward(columns(x, 0, x.cols()), columns(y, 0, y.cols()));
          break;
        }
        case 5: {
          const Matrix<float> y = script.matrix(targets, 2);
          Matrix<float> x(std::max<Index>(0, sources), y.cols());
          crossbar.read_transposed(columns(y, 0, y.cols()), columns(x, 0, x.cols()));
          break;
        }
        case 6:
          crossbar.found(round);
          break;
        case 7:
          crossbar.device_siemens();
          break;
      }
    });
}

void try_bank(Script& script) {
  BankSpec spec;
  double* const members[] = {&spec.tau_s, &spec.gain, &spec.gain_mismatch,  &spec.offset_mismatch,
                             &spec.rail,  &spec.slew, &spec.membrane_noise, &spec.noise};
  for (unsigned changes = script.byte() % 3; changes > 0; --changes)
    *members[script.byte() % (sizeof members / sizeof *members)] = script.number();
  spec.activation = script.word(activation_names());
  if (spec.activation == "table")
    for (unsigned points = script.byte() % 5; points > 0; --points)
      spec.curve.push_back({script.number(), script.number()});
  const Index size = script.size();
  make_bank<float>(spec, size, "bank", script.byte());
}

// A chip of a few neurons, with settings that may be wrong; two samples are shown, in any order of calls.
void try_chip(Script& script) {
  GraphSpec network(3 + Index(script.byte() % 3), {}, 2);
  for (unsigned layers = script.byte() % 3; layers > 0; --layers) network.hidden.push_back(script.size());
  network.topology = script.word(topology_names());
  if (script.flag()) network.beta = script.number();
  if (script.flag()) network.alpha = script.number();
  ChipDesign design;
  design.graph = build_graph(network);
  design.crossbar = array_spec(script);
  double* const members[] = {
      &design.neuron.tau_s,          &design.neuron.noise, &design.learning.nudge,           &design.settling.tolerance,
      &design.amplifier.headroom,    &design.chip.read_v,  &design.chip.neuron_full_scale_v, &design.chip.temperature_k,
      &design.learning.learning_rate};
  for (unsigned changes = script.byte() % 3; changes > 0; --changes)
    *members[script.byte() % (sizeof members / sizeof *members)] = script.number();
  design.converter.dac_bits = int(script.byte() % 20) - 1;
  design.converter.adc_bits = int(script.byte() % 20) - 1;
  Chip chip(design);
  chip.initialise();
}

}  // namespace

void fuzz_calls(const std::string& bytes) {
  Script script(bytes);
  tried([&] {
    switch (script.byte() % 4) {
      case 0:
        return try_devices(script);
      case 1:
        return try_crossbar(script);
      case 2:
        return try_bank(script);
      case 3:
        return try_chip(script);
    }
  });
}

}  // namespace settle
