// Updates in place, on one core: a batch of outer products as pulse trains on an array, trains and noise included.
//
// `pulses` are coincidences, `cells` the devices that samples visit, pulsed or not; both a second, goals 1e9 and 5e9.
#include <algorithm>

#include <benchmark/benchmark.h>

#include "settle/models/device/device_array.h"
#include "settle/models/learning/pulse_trains.h"

namespace settle {
namespace {

constexpr Index rows = 512, cols = 512, samples = 500;

// Values of which `share` are not zero, uniform in [-1, 1].
Matrix<float> values(Index n, double share, std::uint64_t which) {
  Engine engine(Stream(1, "benchmark", Purpose::test), which);
  return Matrix<float>::NullaryExpr(n, samples, [&](Index, Index) {
    const double value = double(engine()) * 0x1p-31 - 1;
    return double(engine()) * 0x1p-32 < share ? float(value) : 0.0f;
  });
}

// The measurement of a device that behaves like reram-sb, at eleven states.
DevicePreset measured() {
  DevicePreset p = device_preset("reram-sb");
  for (int i = 0; i <= 10; ++i) {
    const double w = p.w_min + (p.w_max - p.w_min) * i / 10.0;
    for (const bool rising : {true, false}) {
      MeasuredSteps& steps = rising ? p.table.up : p.table.down;
      steps.state.push_back(w);
      steps.mean.push_back(p.dw_min * std::max(0.02, 1 - w / (rising ? p.w_max : p.w_min)));
      steps.deviation.push_back(p.dw_min);
    }
  }
  p.response = Response::table;
  p.dw_min = mean_step(p.table, 0);
  return p;
}

// `slots`: pulses that the largest elements ask for; `share` of the elements on each side that are not zero.
void in_place(benchmark::State& state, const DevicePreset& preset, double slots, double share, PulseCoding coding) {
  DeviceArray array("benchmark", rows, cols, preset, 1);
  PulseTrains trains(Stream(1, "benchmark", Purpose::pulse_trains), coding);
  const double weight_step = array.preset().dw_min;
  const Matrix<float> pre = values(cols, share, 0);
  Matrix<float> post = values(rows, share, 1);
  std::uint64_t round = 0;
  double pulses = 0;
  for ([[maybe_unused]] auto _ : state) {
    const PulseTrainBlock& block =
        trains.generate(columns(std::as_const(pre), 0, samples), columns(std::as_const(post), 0, samples),
                        slots * weight_step, weight_step, round * samples);
    pulses += array.pulse(block, round++, 1).pulses;
    post = -post;  // states stay where they are, on average
  }
  const double cells = double(state.iterations()) * double(rows * cols * samples);
  const auto rate = [](double done) { return benchmark::Counter(done, benchmark::Counter::kIsRate); };
  state.counters["pulses"] = rate(pulses);
  state.counters["pulses_of_goal"] = rate(pulses / 1e9);
  state.counters["cells"] = rate(cells);
  state.counters["cells_of_goal"] = rate(cells / 5e9);
  state.counters["pulses_per_cell"] = pulses / cells;
}
constexpr auto stochastic = PulseCoding::stochastic, deterministic = PulseCoding::deterministic;
BENCHMARK_CAPTURE(in_place, ecram, device_preset("ecram"), 10, 1.0, stochastic);
BENCHMARK_CAPTURE(in_place, ecram_deterministic, device_preset("ecram"), 10, 1.0, deterministic);
BENCHMARK_CAPTURE(in_place, ecram_sparse, device_preset("ecram"), 0.04, 1.0,
                  stochastic);  // lines fire with 0.1 on average, in one slot
BENCHMARK_CAPTURE(in_place, ecram_a_tenth_of_the_lines, device_preset("ecram"), 10, 0.1, stochastic);
BENCHMARK_CAPTURE(in_place, rpu_target, device_preset("rpu-target"), 10, 1.0, stochastic);
BENCHMARK_CAPTURE(in_place, reram_sb, device_preset("reram-sb"), 10, 1.0, stochastic);
BENCHMARK_CAPTURE(in_place, reram_es, device_preset("reram-es"), 10, 1.0, stochastic);
BENCHMARK_CAPTURE(in_place, reram_om, device_preset("reram-om"), 10, 1.0, stochastic);
BENCHMARK_CAPTURE(in_place, table, measured(), 10, 1.0, stochastic);

void trains_alone(benchmark::State& state, PulseCoding coding) {
  PulseTrains trains(Stream(1, "benchmark", Purpose::pulse_trains), coding);
  const Matrix<float> pre = values(cols, 1.0, 0), post = values(rows, 1.0, 1);
  std::uint64_t first = 0;
  for ([[maybe_unused]] auto _ : state) {
    trains.generate(columns(pre, 0, samples), columns(post, 0, samples), 10.0, 1.0, first);
    first += samples;
  }
  state.counters["lines"] =
      benchmark::Counter(double(state.iterations()) * double((rows + cols) * samples), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(trains_alone, stochastic, stochastic);
BENCHMARK_CAPTURE(trains_alone, deterministic, deterministic);

}  // namespace
}  // namespace settle
