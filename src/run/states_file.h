// What samples look like on a chip, neuron by neuron, as a file: `settle eval --states`.
#pragma once

#include <string>
#include <vector>

#include "settle/models/learning/host.h"

namespace settle {

/// The first test samples of a run on its chip.
struct TestStates {
  std::vector<std::string> populations;  // their names
  std::vector<double> scales;            // that differences are divided by
  Rule rule = Rule::ep;                  // without the clamped phase of ep, differences are gradients
  Vector<std::uint8_t> labels;
  ShownSamples shown;
};

TestStates states_of_test(Host& host, const Chip& chip, const Samples& test, Index count);

/// The bytes of an HDF5 file, a row for each sample: /states/NAME and /differences/NAME by population, /logits,
/// /probabilities, /errors, /labels and /predictions, each with attributes `unit` and `meaning`.
std::string states_file(const TestStates& states, const std::string& name);

}  // namespace settle
