// A population of devices under pulses up and then down, for several presets: the middle device, and where most of the
// others are. Leaves tb_device_population.vcd (conductances in siemens) and tb_device_population.csv, which
// docs/devices.md plots.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <list>
#include <string>
#include <vector>

#include "settle/hw/testbench.h"
#include "settle/models/device/response.h"
#include "testbenches/check.h"

using namespace settle;

namespace {

constexpr Index devices = 1000;
const char* const presets[] = {"capacitor", "ecram", "reram-sb", "reram-es"};
constexpr int rounds = 50, quarter = rounds / 4;  // in each direction

ArraySpec spec_of(const std::string& preset) {
  ArraySpec spec;
  spec.device = device_preset(preset);
  spec.weight_at_bound = 1;
  spec.mapping = Mapping::offset;
  return spec;
}

struct Population {
  CrossbarMacro& array;
  int pulses;  // in a round
  double nominal = 0, low_siemens = 0, middle_siemens = 0, high_siemens = 0;
};

class Bench {
 public:
  Bench() {
    for (const std::string preset : presets) {
      std::string name = preset;
      std::replace(name.begin(), name.end(), '-', '_');
      CrossbarMacro& array = bench_.crossbar(name, 1, devices, spec_of(preset));
      const DevicePreset& d = array.model().spec().device;
      populations_.push_back({array, int(std::ceil((d.w_max - d.w_min) / d.dw_min / rounds))});
      const Population& p = populations_.back();
      bench_.probe(&p.low_siemens, name + ".10_percent_siemens");
      bench_.probe(&p.middle_siemens, name + ".median_siemens");
      bench_.probe(&p.high_siemens, name + ".90_percent_siemens");
    }
    bench_.probe("energy_j");
  }

  int run() {
    std::FILE* csv = std::fopen("tb_device_population.csv", "w");
    if (csv == nullptr) {
      std::printf("tb_device_population.csv cannot be written here\n");
      return 1;
    }
    std::fprintf(csv, "preset,pulse,low_siemens,median_siemens,high_siemens\n");
    for (int round = 0; round < 2 * rounds; ++round) {
      for (Population& p : populations_) {
        note(p);
        std::fprintf(csv, "%s,%d,%.6g,%.6g,%.6g\n", p.array.model().spec().device.name.c_str(), round * p.pulses,
                     p.low_siemens, p.middle_siemens, p.high_siemens);
        pulse(p, round < rounds);
      }
      bench_.pass(1e-6);
      if (round + 1 == quarter) compare_with_nominal();
    }
    std::fclose(csv);
    double sent = 0, counted = 0;
    for (Population& p : populations_) {
      note(p);
      sent += 2.0 * rounds * p.pulses * devices;
      counted += p.array.pulses_total();
      const DevicePreset& d = p.array.model().spec().device;
      checks_.at_most((d.name + ": back near its lower bound after as many pulses down").c_str(), p.middle_siemens,
                      p.array.model().conductance(0));
    }
    checks_.near("pulses counted", counted, sent, 0);
    checks_.at_least("energy booked, joules", bench_.meter().supplied_j(), 1e-12);
    return checks_.status();
  }

 private:
  static void pulse(Population& p, bool rising) {
    p.array.pulse(Matrix<float>::Constant(devices, 1, float(rising ? p.pulses : -p.pulses)), /*threads=*/1);
    const DevicePreset& d = p.array.model().spec().device;
    for (int k = 0; k < p.pulses; ++k) {
      p.nominal += (rising ? 1 : -1) * nominal_step(d, p.nominal, rising);
      p.nominal = std::clamp(p.nominal, d.w_min, d.w_max);
    }
  }

  // Far from the bounds the median follows the nominal response, but for what the spread of the steps bends.
  void compare_with_nominal() {
    for (Population& p : populations_) {
      note(p);
      const DevicePreset& d = p.array.model().spec().device;
      const double step_siemens = p.array.model().conductance(d.dw_min) - p.array.model().conductance(0);
      const double way = double(quarter * p.pulses) * step_siemens;
      checks_.near((d.name + ": median after a quarter of the way, siemens").c_str(), p.middle_siemens,
                   p.array.model().conductance(p.nominal), 0.08 * way);
    }
  }

  static void note(Population& p) {
    const Crossbar& model = p.array.model();
    const Matrix<float> state = model.devices().apparent();
    std::vector<float> sorted(state.data(), state.data() + state.size());
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) { return model.conductance(double(sorted[std::size_t(share * (devices - 1))])); };
    p.low_siemens = at(0.1);
    p.middle_siemens = at(0.5);
    p.high_siemens = at(0.9);
  }

  testbench::Checks checks_;
  hw::Testbench bench_{"tb_device_population"};
  std::list<Population> populations_;
};

}  // namespace

int sc_main(int, char**) { return Bench().run(); }
