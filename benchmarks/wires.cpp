// Reads of crossbars with wire resistance, on one core. Each prints its rate and the ratio of it to a goal.
#include "settle/models/crossbar/wires.h"

#include <benchmark/benchmark.h>

namespace settle {
namespace {

constexpr Wires one_ohm = {1, 1, 0, 0};

Matrix<double> devices(Index size, double low, double high) {
  return (low + (high - low) / 2 * (Matrix<double>::Random(size, size).array() + 1)).matrix();
}

// `done` pieces of work in all, for each of which `goal` seconds are allowed.
void report(benchmark::State& state, double done, double goal) {
  state.counters["rate"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
  state.counters["of_goal"] = benchmark::Counter(done * goal, benchmark::Counter::kIsRate);
}

// Reads of one state, its factorisation included.
void reads(benchmark::State& state, Index inputs, double goal) {
  constexpr Index size = 512;
  const Matrix<double> g = devices(size, 1e-6, 100e-6), v = Matrix<double>::Random(size, inputs);
  Matrix<double> i(size, inputs);
  for ([[maybe_unused]] auto _ : state) {
    const WireSolver solver(g, one_ohm);
    WireWorkspace<double> workspace;
    solver.read(columns(v, 0, inputs), columns(i, 0, inputs), workspace);
    benchmark::DoNotOptimize(i.data());
  }
  report(state, double(state.iterations()), goal);
}
BENCHMARK_CAPTURE(reads, one_of_512x512, 1, 0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reads, hundred_of_512x512, 100, 3.0)->Unit(benchmark::kMillisecond);

template <class Real>
void effective(benchmark::State& state, double goal) {
  constexpr Index size = 128;
  const Matrix<Real> g = devices(size, 0.5e-6, 25e-6).cast<Real>();
  Matrix<Real> effective(size, size);
  WireWorkspace<Real> workspace;
  for ([[maybe_unused]] auto _ : state) {
    effective_conductance(g, one_ohm, workspace, effective);
    benchmark::DoNotOptimize(effective.data());
  }
  report(state, double(state.iterations()), goal);
}
void effective_float(benchmark::State& state) { effective<float>(state, 0.015); }
void effective_double(benchmark::State& state) { effective<double>(state, 0.03); }
BENCHMARK(effective_float)->Unit(benchmark::kMillisecond);
BENCHMARK(effective_double)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace settle
