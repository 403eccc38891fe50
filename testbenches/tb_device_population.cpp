// A population of devices under pulses up and then down, for several presets: the middle device, and where most of the
// others are. Leaves tb_device_population.vcd (conductances in siemens) and tb_device_population.csv, which
// docs/devices.md plots.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "settle/models/chip/crossbar_macro.h"
#include "settle/models/device/response.h"
#include "testbenches/run.h"

using namespace settle;

namespace {

constexpr Index devices = 1000;
const char* const presets[] = {"capacitor", "ecram", "reram-sb", "reram-es"};
constexpr int rounds = 50;  // in each direction

ArraySpec spec_of(const std::string& preset) {
  ArraySpec spec;
  spec.device = device_preset(preset);
  spec.weight_at_bound = 1;
  spec.mapping = Mapping::offset;
  return spec;
}

struct Population {
  std::unique_ptr<CrossbarMacro> array;
  int pulses;  // in a round
  double nominal, low_siemens = 0, middle_siemens = 0, high_siemens = 0;
};

class Bench : public testbench::BenchModule {
 public:
  Bench(sc_core::sc_module_name name, testbench::Checks& checks) : BenchModule(name, checks) {
    for (const std::string preset : presets) {
      Population p;
      std::string array = preset;
      std::replace(array.begin(), array.end(), '-', '_');
      p.array = std::make_unique<CrossbarMacro>(array, dense(1, devices), spec_of(preset), /*seed=*/1, meter_);
      const DevicePreset& d = p.array->model().spec().device;
      p.pulses = int(std::ceil((d.w_max - d.w_min) / d.dw_min / rounds));
      p.nominal = 0;
      populations_.push_back(std::move(p));
    }
    SC_HAS_PROCESS(Bench);
    SC_THREAD(run);
  }

  void trace(sc_core::sc_trace_file* file) const override {
    for (const Population& p : populations_) {
      const std::string& name = p.array->name();
      sc_core::sc_trace(file, p.low_siemens, name + "_10_percent_siemens");
      sc_core::sc_trace(file, p.middle_siemens, name + "_median_siemens");
      sc_core::sc_trace(file, p.high_siemens, name + "_90_percent_siemens");
    }
    sc_core::sc_trace(file, energy_j_, "energy_j");
  }

 private:
  void run() {
    std::FILE* csv = std::fopen("tb_device_population.csv", "w");
    if (csv == nullptr) {
      std::printf("tb_device_population.csv cannot be written here\n");
      checks_.at_least("files written", 0, 1);
      sc_core::sc_stop();
      return;
    }
    std::fprintf(csv, "preset,pulse,low_siemens,median_siemens,high_siemens\n");
    for (int round = 0; round < 2 * rounds; ++round) {
      for (Population& p : populations_) {
        note(p);
        std::fprintf(csv, "%s,%d,%.6g,%.6g,%.6g\n", p.array->model().spec().device.name.c_str(), round * p.pulses,
                     p.low_siemens, p.middle_siemens, p.high_siemens);
        pulse(p, round < rounds);
      }
      pass(meter_, 1e-6);
      if (round + 1 == rounds / 4) compare_with_nominal();
    }
    std::fclose(csv);
    double sent = 0, counted = 0;
    for (Population& p : populations_) {
      note(p);
      sent += 2.0 * rounds * p.pulses * devices;
      counted += p.array->pulses_total();
      const DevicePreset& d = p.array->model().spec().device;
      checks_.at_most((d.name + ": back near its lower bound after as many pulses down").c_str(), p.middle_siemens,
                      p.array->model().conductance(0));
    }
    checks_.near("pulses counted", counted, sent, 0);
    checks_.at_least("energy booked, joules", energy_j_, 1e-12);
    sc_core::sc_stop();
  }

  void pulse(Population& p, bool rising) {
    p.array->pulse(Matrix<float>::Constant(devices, 1, float(rising ? p.pulses : -p.pulses)), /*threads=*/1);
    const DevicePreset& d = p.array->model().spec().device;
    for (int k = 0; k < p.pulses; ++k) {
      p.nominal += (rising ? 1 : -1) * nominal_step(d, p.nominal, rising);
      p.nominal = std::clamp(p.nominal, d.w_min, d.w_max);
    }
    energy_j_ = meter_.supplied_j();
  }

  // Far from the bounds the median follows the nominal response, but for what the spread of the steps bends.
  void compare_with_nominal() {
    for (Population& p : populations_) {
      note(p);
      const DevicePreset& d = p.array->model().spec().device;
      const double step_siemens = p.array->model().conductance(d.dw_min) - p.array->model().conductance(0);
      const double way = double(rounds / 4 * p.pulses) * step_siemens;
      checks_.near((d.name + ": median after a quarter of the way, siemens").c_str(), p.middle_siemens,
                   p.array->model().conductance(p.nominal), 0.08 * way);
    }
  }

  void note(Population& p) {
    const Crossbar& model = p.array->model();
    const Matrix<float> state = model.devices().apparent();
    std::vector<float> sorted(state.data(), state.data() + state.size());
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) { return model.conductance(double(sorted[std::size_t(share * (devices - 1))])); };
    p.low_siemens = at(0.1);
    p.middle_siemens = at(0.5);
    p.high_siemens = at(0.9);
  }

  Meter meter_{ChipSpec{}};
  std::vector<Population> populations_;
  double energy_j_ = 0;
};

}  // namespace

int sc_main(int, char**) { return testbench::run<Bench>("tb_device_population"); }
