// Small chips for tests, and data for them.
#pragma once

#include <functional>
#include <utility>

#include "hw/chip.h"
#include "models/network/topology.h"

namespace settle::test {

/// Exact devices, neurons and converters; layered, with feedback strong enough to matter.
inline hw::SubstrateSpec exact_chip(const std::vector<Index>& sizes) {
  GraphSpec graph{sizes.front(), {sizes.begin() + 1, sizes.end() - 1}, sizes.back()};
  graph.beta = 0.1;
  hw::SubstrateSpec spec;
  spec.graph = layered(graph);
  spec.crossbar.device = device_preset("ideal");
  spec.crossbar.weight_at_bound = 1;
  spec.crossbar.tiling = {0, 0, Columns::interleaved};
  spec.crossbar.wire_refresh = 1;
  spec.learning.update = Update::ideal;
  return spec;
}

/// The same with everything that is not ideal: ECRAM, 8 bits, mismatch and noise.
inline hw::SubstrateSpec real_chip(const std::vector<Index>& sizes) {
  hw::SubstrateSpec spec = exact_chip(sizes);
  spec.crossbar.device = device_preset("ecram");
  spec.crossbar.weight_at_bound = 5;
  spec.neuron.gain_mismatch = spec.neuron.offset_mismatch = 0.02;
  spec.neuron.noise = 0.002;
  spec.converter.dac_bits = spec.converter.adc_bits = 8;
  spec.learning.update = Update::host;
  return spec;
}

/// Random pixels and labels.
inline Samples random_samples(Index inputs, Index classes, Index count) {
  Samples s;
  s.pixels.resize(inputs, count);
  s.labels.resize(count);
  s.classes = classes;
  Engine engine(Stream(1, "samples", Purpose::test));
  for (Index i = 0; i < s.pixels.size(); ++i) s.pixels(i) = std::uint8_t(engine() >> 24);
  for (Index c = 0; c < count; ++c) s.labels[c] = std::uint8_t(engine() % std::uint32_t(classes));
  return s;
}

inline std::vector<Index> range(Index first, Index count) {
  std::vector<Index> all;
  for (Index i = first; i < first + count; ++i) all.push_back(i);
  return all;
}

/// Elaborates a chip and runs a programme that sees all of it. In a child process.
inline void run_chip(const hw::SubstrateSpec& spec, const hw::HostSpec& host_spec,
                     const std::function<void(hw::Chip&)>& programme) {
  hw::Chip* self = nullptr;
  hw::Chip chip(spec, host_spec, [&](hw::HostController&) { programme(*self); });
  self = &chip;
  chip.run();
}

/// All states of the loop, of so many samples, for solving it beside the chip.
struct OwnStates {
  std::vector<BankState<float>> states;
  std::vector<BankState<float>*> pointers;

  OwnStates(const Loop<float>& loop, Index samples)
      : states(std::size_t(loop.populations())), pointers(states.size(), nullptr) {
    for (std::size_t p = 0; p < states.size(); ++p) {
      if (loop.banks[p] == nullptr) continue;
      states[p].resize(loop.banks[p]->size(), samples);
      pointers[p] = &states[p];
    }
  }
  Chunk<float> chunk(Index samples) const { return {&pointers, 0, samples}; }
};

inline View<float> all(Matrix<float>& m) { return columns(m, 0, m.cols()); }
inline ConstView<float> all(const Matrix<float>& m) { return columns(m, 0, m.cols()); }

}  // namespace settle::test
