#include "settle/models/chip/preset.h"

#include <algorithm>
#include <cmath>

#include "settle/models/numeric/sums.h"

namespace settle {
namespace {

// The membrane within +-reach at which a neuron's output is `state`, by bisection: outputs rise with membranes.
float membrane_at(const Bank<float>& neuron, float state, float reach) {
  float low = -reach, high = reach;
  for (int i = 0; i < 40; ++i) {
    const float middle = (low + high) / 2;
    float output = 0;
    neuron.activation->apply(neuron.parameters(), &middle, &output, 1, 1);
    (output < state ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Preset::Preset(const ChipDesign& design, const Circuit<float>& circuit, Meter& meter)
    : code_{int(design.converter.adc_bits), 1.0f}, meter_(meter) {
  const float reach = float(design.chip.supply_v / 2 / design.chip.neuron_full_scale_v);
  BankSpec nominal = design.neuron;
  nominal.gain_mismatch = nominal.offset_mismatch = nominal.saturation_mismatch = nominal.tau_mismatch = 0;
  const Bank<float> neuron = make_bank<float>(nominal, 1, "nominal", design.seed);
  const Index codes = Index(1) << code_.bits;
  membrane_.resize(codes);
  const Index of_zero = codes / 2;
  for (Index k = 0; k < codes; ++k) membrane_[k] = membrane_at(neuron, float(k - of_zero) * code_.lsb(), reach);
  dacs_.resize(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p) {
    const std::string name = design.graph.population(p).name + "_preset_dac";
    dacs_[std::size_t(p)] =
        std::make_unique<DacRow>(name,
                                 DacBank({int(design.converter.dac_bits), reach}, DacBank::Codes::bipolar,
                                         design.converter.dac, circuit.size(p), name, design.seed),
                                 meter);
  }
}

double Preset::set(Index p, const Block& block, const Matrix<float>& states, Matrix<float>& membranes) {
  DacRow& dac = *dacs_[std::size_t(p)];
  membranes = looked_up(states);
  const double seconds = dac.convert(block, membranes);
  for (Index k = 0; k < block.chunks(); ++k) {
    const Index count = block.count(k);
    const double swings = sum_of_magnitudes(columns(std::as_const(membranes), k * block.chunk, count));
    meter_.book(dac.name(), action::membrane_preset, double(membranes.rows() * count),
                membrane_preset_j(meter_.costs().chip(), swings));
  }
  return seconds;
}

Matrix<float> Preset::membranes_of(Index p, const Matrix<float>& states) const {
  Matrix<float> membranes = looked_up(states);
  dacs_[std::size_t(p)]->model().convert(columns(membranes, 0, membranes.cols()));
  return membranes;
}

Matrix<float> Preset::looked_up(const Matrix<float>& states) const {
  const float per_lsb = 1 / code_.lsb();
  const Index of_zero = membrane_.size() / 2;
  const float zero = float(of_zero), last = float(membrane_.size() - 1);
  return states.unaryExpr(
      [&](float s) { return membrane_[Index(std::clamp(std::rint(s * per_lsb) + zero, 0.0f, last))]; });
}

}  // namespace settle
