// Small chips for tests, and data for them.
#pragma once

#include <vector>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/machine.h"
#include "settle/models/learning/samples.h"
#include "settle/models/network/topology.h"

namespace settle::test {

/// Exact devices, neurons and converters; layered, with feedback strong enough to matter.
inline ChipDesign exact_chip(const std::vector<Index>& sizes) {
  GraphSpec graph{sizes.front(), {sizes.begin() + 1, sizes.end() - 1}, sizes.back()};
  graph.beta = 0.1;
  ChipDesign design;
  design.graph = layered(graph);
  design.crossbar.device = device_preset("ideal");
  design.crossbar.weight_at_bound = 1;
  design.crossbar.tiling = {0, 0, Columns::interleaved};
  design.crossbar.wire_refresh = 1;
  design.learning.update = Update::ideal;
  return design;
}

/// The same with everything that is not ideal: ECRAM, 8 bits, mismatch and noise.
inline ChipDesign real_chip(const std::vector<Index>& sizes) {
  ChipDesign design = exact_chip(sizes);
  design.crossbar.device = device_preset("ecram");
  design.crossbar.weight_at_bound = 5;
  design.neuron.gain_mismatch = design.neuron.offset_mismatch = 0.02;
  design.neuron.noise = 0.002;
  design.converter.dac_bits = design.converter.adc_bits = 8;
  design.learning.update = Update::host;
  return design;
}

/// Converters, amplifiers and holds with errors, too, calibrated now and then.
inline ChipDesign with_read_out_errors(ChipDesign design) {
  design.converter.dac = design.converter.adc = {0.5, 0.01, 0.5, 0.5};
  design.amplifier = {1024, 2e-3, 0.01, 1e-3, 2};
  design.hold = {ThermalNoise::capacitor, 1e-9, 0.2, 1e-16, 0.2};
  return design;
}

/// The same with the noise that it has at its temperature. BankSpec and ArraySpec took what they need from the chip.
inline ChipDesign physical(ChipDesign design) {
  design.noise.physical = true;
  design.neuron.noise = 0;
  design.neuron.membrane_noise =
      capacitor_noise_v(design.chip.neuron_capacitance_f, design.chip.temperature_k) / design.chip.neuron_full_scale_v;
  design.crossbar.read_v = design.chip.read_v;
  return design;
}

/// With everything that a chip that could be built has: rails, turns, scaled drives, amplifiers with errors.
inline ChipDesign buildable(ChipDesign design) {
  design.crossbar.mapping = Mapping::proportional;
  design.crossbar.turns = Turns::halves;
  design.crossbar.weak_drive = WeakDrive::scaled;
  design.crossbar.tiling = {16, 16, Columns::interleaved};
  design.neuron.rail = 1.1;
  design.sense.gbw_hz = 1e9;
  design.sense.gain = 1e4;
  design.sense.offset_v = 1e-5;
  return physical(design);
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

inline View<float> all(Matrix<float>& m) { return columns(m, 0, m.cols()); }
inline ConstView<float> all(const Matrix<float>& m) { return columns(m, 0, m.cols()); }

/// What the SoftMax of logits is off by, as the host computes it.
inline Matrix<float> error_at(Matrix<float> logits, const Vector<std::uint8_t>& labels) {
  Matrix<float> error;
  softmax_error(labels)(logits, error);
  return error;
}

}  // namespace settle::test
