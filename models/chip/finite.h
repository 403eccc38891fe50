// Stops a run where a number is NaN or infinite, at the place where it first appears: converters, saturating neurons
// and bounded devices would make an ordinary value of it, and the run would go on and learn from that.
#pragma once

#include <string>
#include <vector>

#include "settle/models/circuit/circuit.h"
#include "settle/models/network/graph.h"
#include "settle/models/numeric/block.h"

namespace settle {

/// Throws NotFinite where a drive or a state of a hidden population, of a sample of the block, or, in a clamped phase,
/// what the nudge has changed in either, is not finite. The message names the population, the neuron, the phase and the
/// sample, counted from one over the whole run.
void expect_finite(const Graph& graph, const CircuitState<float>& state, const Block& block, bool clamped);
/// The same of what is read of each population, neurons x samples; empty where nothing is.
void expect_finite(const Graph& graph, const std::vector<Matrix<float>>& read, const Block& block,
                   const std::string& what);
/// The same of a projection's weights or their change.
void expect_finite(const Matrix<float>& weights, const std::string& what);

}  // namespace settle
