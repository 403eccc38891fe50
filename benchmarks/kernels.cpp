// The inner loops that a run's time goes to, on one core. Each prints its rate and the ratio of it to a goal.
#include <utility>

#include <benchmark/benchmark.h>

#include "settle/models/converter/converter.h"
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/learning/contrast.h"
#include "settle/models/neuron/activation.h"
#include "settle/models/numeric/random.h"

namespace settle {
namespace {

// Reports the rate of `done` items in all, and its ratio to `goal` items a second.
void report(benchmark::State& state, double done, double goal) {
  state.counters["rate"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
  state.counters["of_goal"] = benchmark::Counter(done / goal, benchmark::Counter::kIsRate);
}

void normal_deviates(benchmark::State& state) {
  Vector<float> out(1 << 16);
  const Stream stream(1, "benchmark", Purpose::test);
  std::uint64_t sample = 0;
  for ([[maybe_unused]] auto _ : state) {
    fill_normal(stream, sample++, 0, out.data(), out.size());
    benchmark::DoNotOptimize(out.data());
  }
  report(state, double(state.iterations()) * double(out.size()), 1 / 2e-9);
}
BENCHMARK(normal_deviates);

void tanh_neurons(benchmark::State& state) {
  constexpr Index neurons = 512, samples = 125;
  const Matrix<float> h = Matrix<float>::Random(neurons, samples);
  const Vector<float> gain = Vector<float>::Ones(neurons), shift = Vector<float>::Zero(neurons);
  Matrix<float> s = Matrix<float>::Zero(neurons, samples);
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(
        activation<float>("tanh").apply(gain.data(), shift.data(), h.data(), s.data(), neurons, samples));
  report(state, double(state.iterations()) * double(s.size()), 1e9);
}
BENCHMARK(tanh_neurons);

ArraySpec array_of(const char* preset) {
  ArraySpec spec(device_preset(preset));
  spec.weight_at_bound = 1;
  return spec;
}

void forward_read(benchmark::State& state) {
  constexpr Index targets = 512, sources = 512, samples = 125;
  Crossbar array("benchmark", targets, sources, array_of("ecram"), 1);
  array.set_weights(Matrix<float>::Random(targets, sources));
  const Matrix<float> x = Matrix<float>::Random(sources, samples);
  Matrix<float> y(targets, samples);
  for ([[maybe_unused]] auto _ : state) {
    array.read_forward(columns(x, 0, samples), columns(y, 0, samples));
    benchmark::DoNotOptimize(y.data());
  }
  report(state, double(state.iterations()) * double(targets * sources * samples), 5e10);
}
BENCHMARK(forward_read);

// A read as a chip makes it: 7-bit DACs, noise on every sum, 9-bit ADCs.
void noisy_read(benchmark::State& state) {
  constexpr Index targets = 512, sources = 512, samples = 500, chunk = 500;
  ArraySpec spec = array_of("ecram");
  spec.device.read_noise = 0.01;
  Crossbar array("benchmark", targets, sources, spec, 1);
  array.set_weights(0.1f * Matrix<float>::Random(targets, sources));
  const Matrix<float> input = Matrix<float>::Random(sources, samples);
  const Converter dac{7, 1.0f}, adc{9, 16.0f};
  const Stream stream(1, "benchmark", Purpose::read_noise);
  Matrix<float> x(sources, chunk), y(targets, chunk);
  std::uint32_t round = 0;
  for ([[maybe_unused]] auto _ : state) {
    for (Index first = 0; first < samples; first += chunk) {
      x = input.middleCols(first, chunk);
      dac.convert(columns(x, 0, chunk));
      array.read_forward(columns(std::as_const(x), 0, chunk), columns(y, 0, chunk));
      array.add_read_noise(stream, std::uint64_t(first), round, columns(std::as_const(x), 0, chunk),
                           columns(y, 0, chunk));
      adc.convert(columns(y, 0, chunk));
      benchmark::DoNotOptimize(y.data());
    }
    ++round;
  }
  report(state, double(state.iterations()) * double(targets * sources * samples), 5e10);
}
BENCHMARK(noisy_read);

// Pulses on every device, `each` at a time: noise of the device and of the cycle included.
void pulses(benchmark::State& state, const std::string& preset, float each) {
  constexpr Index rows = 512, cols = 512;
  DeviceArray array("benchmark", rows, cols, device_preset(preset), 1);
  Matrix<float> counts = each * Matrix<float>::Random(rows, cols).array().sign();
  std::uint64_t round = 0;
  double sent = 0;
  for ([[maybe_unused]] auto _ : state) {
    sent += array.pulse(counts, round++, 1).pulses;
    counts = -counts;
  }
  report(state, sent, 1e9);
}
BENCHMARK_CAPTURE(pulses, ecram, "ecram", 1);
BENCHMARK_CAPTURE(pulses, ecram_31, "ecram", 31);
BENCHMARK_CAPTURE(pulses, reram_es, "reram-es", 1);
BENCHMARK_CAPTURE(pulses, reram_es_31, "reram-es", 31);

void outer_products(benchmark::State& state) {
  constexpr Index targets = 512, sources = 512, samples = 500;
  Contrast contrast(dense(sources, targets));
  const Matrix<float> pre = Matrix<float>::Random(sources, samples), post = Matrix<float>::Random(targets, samples);
  for ([[maybe_unused]] auto _ : state) {
    contrast.add(columns(pre, 0, samples), columns(post, 0, samples), 1);
    benchmark::DoNotOptimize(contrast.finish(1).data());
  }
  report(state, double(state.iterations()) * double(targets * sources * samples), 5e10);
}
BENCHMARK(outer_products);

}  // namespace
}  // namespace settle
