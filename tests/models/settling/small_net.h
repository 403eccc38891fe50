// A small network on the models alone, for tests of phases.
#pragma once

#include <utility>
#include <vector>

#include "settle/models/learning/softmax.h"
#include "settle/models/network/initial.h"
#include "settle/models/network/topology.h"
#include "settle/models/settling/phase.h"
#include "settle/models/settling/transient.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test {

template <class Real>
Matrix<Real> uniform(Index rows, Index cols, const char* name, double reach = 1) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<Real>::NullaryExpr(rows, cols,
                                   [&](Index, Index) { return Real(reach * (double(engine()) * 0x1p-31 - 1)); });
}

inline Graph layered_with(double alpha, double beta, std::vector<Index> hidden = {9, 8, 7}) {
  GraphSpec spec{6, std::move(hidden), 4};
  spec.alpha = alpha;
  spec.beta = beta;
  return layered(spec);
}

/// The same graph without the mark that feedback is through the transposes, so that sweeps do not overshoot.
inline Graph plain_sweeps(Graph graph) {
  graph.symmetric = false;
  return graph;
}

// A network that settles fast: seven tenths of Glorot's weights. Its feedback is a transposed copy, which stays when
// the forward weights are changed.
template <class Real>
struct Net : MatrixCircuit<Real> {
  using MatrixCircuit<Real>::circuit;
  using MatrixCircuit<Real>::chunk;

  Net(const Graph& g, Index count, const CircuitSpec& spec, const BankSpec& neuron = {})
      : MatrixCircuit<Real>(g, weights(g), transposes(weights(g)), count, spec, neuron) {}
  Net(const Graph& g, Index count, double nudge, const BankSpec& neuron = {})
      : Net(plain_sweeps(g), count, CircuitSpec{nudge}, neuron) {}

  // Solves the free phase, and returns the read-out's probabilities.
  Matrix<Real> free(const Matrix<Real>& x, const SettleOptions& options) {
    drive_from_input(circuit, chunk(), all(x));
    settle_free(circuit, chunk(), options);
    Matrix<Real> p(circuit.size(circuit.readout()), this->samples());
    read_logits(circuit, chunk(), all(p));
    softmax(all(std::as_const(p)), all(p));
    return p;
  }
  void clamped(const Matrix<Real>& error, const SettleOptions& options) {
    release(circuit, chunk());
    drive_from_nudge(circuit, chunk(), all(error));
    settle_clamped(circuit, chunk(), options, 0.0);
  }
  // So many steps in time, from where the chunk is.
  void advance(bool in_clamped_phase, double step_s, int steps) {
    Transient<Real> transient(circuit);
    transient.start(chunk(), in_clamped_phase);
    for (int i = 0; i < steps; ++i) transient.step(step_s);
  }

 private:
  static std::vector<Matrix<Real>> weights(const Graph& g) {
    std::vector<Matrix<Real>> matrices;
    for (const Projection& p : g.projections) {
      const Stream stream(1, g.stream_name(p), Purpose::initial_weights);
      const Matrix<float> w = glorot_uniform(g.population(p.target).size, g.population(p.source).size, stream);
      matrices.push_back(Real(0.7) * w.cast<Real>());
    }
    return matrices;
  }
  static std::vector<Matrix<Real>> transposes(const std::vector<Matrix<Real>>& matrices) {
    std::vector<Matrix<Real>> transposed;
    for (const Matrix<Real>& m : matrices) transposed.push_back(m.transpose());
    return transposed;
  }
};

const SettleOptions exact = {Method::sweeps, 2000, 1e-14};

}  // namespace settle::test
