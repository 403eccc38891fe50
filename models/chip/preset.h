// The DACs that put a sample's membranes where they were, from the codes of its states (Start::previous).
#pragma once

#include <memory>
#include <vector>

#include "settle/models/chip/chip_design.h"
#include "settle/models/chip/converters.h"
#include "settle/models/circuit/circuit.h"

namespace settle {

class Preset {
 public:
  /// A DAC for each hidden neuron, between the rails of the supply. The host has a table from a state's code to the
  /// membrane of the nominal neuron that makes it.
  Preset(const ChipDesign& design, const Circuit<float>& circuit, Meter& meter);

  /// Sets the membranes of population p to what the host makes of the codes of its states: both neurons x columns, in
  /// full scales. Books conversions and the charge of the membranes. Returns the seconds that one sample takes.
  double set(Index p, const Block& block, const Matrix<float>& states, Matrix<float>& membranes);
  /// The same membranes, for nothing.
  Matrix<float> membranes_of(Index p, const Matrix<float>& states) const;

 private:
  Matrix<float> looked_up(const Matrix<float>& states) const;

  Converter code_;          // of states
  Vector<float> membrane_;  // by code of a state, from the lowest
  Meter& meter_;
  std::vector<std::unique_ptr<DacRow>> dacs_;  // by population
};

}  // namespace settle
