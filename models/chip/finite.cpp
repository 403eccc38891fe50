#include "settle/models/chip/finite.h"

#include <cmath>

#include "settle/models/error.h"

namespace settle {
namespace {

// What is not finite stays so when it is multiplied by zero, and in a sum: one pass without a branch.
bool all_finite(ConstView<float> values) { return (values.array() * 0.0f).sum() == 0.0f; }

// Names the first of them; nothing where padding alone is not finite.
void expect_finite(ConstView<float> values, const Block& block, const std::string& population,
                   const std::string& what) {
  if (all_finite(values)) return;
  for (Index c = 0; c < block.samples; ++c)
    for (Index i = 0; i < values.rows(); ++i)
      if (!std::isfinite(values(i, c)))
        throw NotFinite(what + " of " + population + " is " + std::to_string(values(i, c)) + " in neuron " +
                        std::to_string(i) + ", sample " + std::to_string(block.first_sample + std::uint64_t(c) + 1));
}

}  // namespace

void expect_finite(const Graph& graph, const CircuitState<float>& state, const Block& block, bool clamped) {
  const std::string phase = clamped ? " in the clamped phase" : " in the free phase";
  for (Index p = 1; p < graph.readout(); ++p) {
    const std::string& name = graph.population(p).name;
    const BankState<float>& bank = state.bank(p);
    expect_finite(columns(bank.drive, 0, block.samples), block, name, "the drive" + phase);
    expect_finite(columns(bank.state, 0, block.samples), block, name, "the state" + phase);
    if (!clamped) continue;
    expect_finite(columns(bank.difference_drive, 0, block.samples), block, name, "the change of the drive" + phase);
    expect_finite(columns(bank.difference, 0, block.samples), block, name, "the change of the state" + phase);
  }
}

void expect_finite(const Graph& graph, const std::vector<Matrix<float>>& read, const Block& block,
                   const std::string& what) {
  for (Index p = 0; p < Index(read.size()); ++p)
    if (read[std::size_t(p)].cols() >= block.samples)
      expect_finite(columns(read[std::size_t(p)], 0, block.samples), block, graph.population(p).name, what);
}

void expect_finite(const Matrix<float>& weights, const std::string& what) {
  if (all_finite(columns(weights, 0, weights.cols()))) return;
  for (Index i = 0; i < weights.size(); ++i)
    if (!std::isfinite(weights(i)))
      throw NotFinite(what + " is " + std::to_string(weights(i)) + " in row " + std::to_string(i % weights.rows()) +
                      ", column " + std::to_string(i / weights.rows()));
}

}  // namespace settle
