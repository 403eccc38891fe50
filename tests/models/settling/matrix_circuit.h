// A circuit whose weights are matrices: what tests of solvers work on.
#pragma once

#include <utility>
#include <vector>

#include "settle/models/circuit/circuit.h"

namespace settle::test {

template <class Real>
ConstView<Real> all(const Matrix<Real>& m) {
  return columns(m, 0, m.cols());
}
template <class Real>
View<Real> all(Matrix<Real>& m) {
  return columns(m, 0, m.cols());
}

/// With the weights of each projection, and those of its feedback; where these are empty, feedback reads the weights
/// themselves backwards. Matrices may be changed, and banks.
template <class Real>
struct MatrixCircuit {
  Graph graph;
  std::vector<Matrix<Real>> forward, backward;  // by projection
  Circuit<Real> circuit;
  CircuitState<Real> states;

  MatrixCircuit(Graph g, std::vector<Matrix<Real>> weights, std::vector<Matrix<Real>> feedback, Index samples,
                const CircuitSpec& spec, const BankSpec& neuron = {})
      : graph(std::move(g)),
        forward(std::move(weights)),
        backward(std::move(feedback)),
        circuit(graph, banks(neuron), arrays(), spec),
        states(circuit, samples) {}
  MatrixCircuit(const MatrixCircuit&) = delete;

  Chunk<Real> chunk() { return states.all(); }
  Chunk<Real> chunk(Index first, Index count) { return states.chunk(first, count); }
  BankState<Real>& state(Index p) { return states.bank(p); }
  Index samples() const { return states.samples(); }

 private:
  std::vector<Bank<Real>> banks(const BankSpec& neuron) const {
    std::vector<Bank<Real>> all_banks(graph.populations.size());
    for (Index p = 1; p < graph.readout(); ++p)
      all_banks[std::size_t(p)] = make_bank<Real>(neuron, graph.population(p).size, graph.population(p).name, 1);
    return all_banks;
  }
  std::vector<ProjectionArrays<Real>> arrays() const {
    std::vector<ProjectionArrays<Real>> all_arrays;
    for (std::size_t k = 0; k < forward.size(); ++k)
      all_arrays.push_back({&forward[k], backward[k].size() > 0 ? &backward[k] : nullptr});
    return all_arrays;
  }
};

}  // namespace settle::test
