// A small network on the models alone, for tests of phases.
#pragma once

#include <utility>
#include <vector>

#include "models/learning/softmax.h"
#include "models/network/initial.h"
#include "models/network/topology.h"
#include "models/settling/phase.h"

namespace settle::test {

template <class Real>
ConstView<Real> all(const Matrix<Real>& m) {
  return columns(m, 0, m.cols());
}
template <class Real>
View<Real> all(Matrix<Real>& m) {
  return columns(m, 0, m.cols());
}

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

// A network that settles fast: seven tenths of Glorot's weights. Its feedback is a transposed copy, which stays when
// the forward weights are changed.
template <class Real>
struct Net {
  Graph graph;
  std::vector<Matrix<Real>> forward, backward;  // by projection
  std::vector<Bank<Real>> banks;                // by population
  std::vector<BankState<Real>> states;
  std::vector<BankState<Real>*> pointers;
  Loop<Real> loop;
  Index samples;

  Net(const Graph& g, Index count, double nudge, BankSpec neuron = {}) : graph(g), samples(count) {
    const std::size_t populations = g.populations.size();
    banks.resize(populations);
    states.resize(populations);
    pointers.assign(populations, nullptr);
    loop.banks.assign(populations, nullptr);
    loop.nudge = Real(nudge);
    loop.scale = path_gains(g, nudge);
    for (Index p = 1; p < g.readout(); ++p) {
      const auto i = std::size_t(p);
      banks[i] = make_bank<Real>(neuron, g.population(p).size, g.population(p).name, 1);
      states[i].resize(g.population(p).size, count);
      loop.banks[i] = &banks[i];
      pointers[i] = &states[i];
    }
    for (const Projection& p : g.projections) {
      const Stream stream(1, g.name(p), Purpose::initial_weights);
      const Matrix<float> w = glorot_uniform(g.population(p.target).size, g.population(p.source).size, stream);
      forward.push_back(Real(0.7) * w.cast<Real>());
      backward.push_back(forward.back().transpose());
    }
    for (std::size_t k = 0; k < g.projections.size(); ++k) {
      const Projection& p = g.projections[k];
      loop.couplings.push_back({p.source, p.target, Real(p.alpha), Real(p.beta), &forward[k],
                                p.backward ? &backward[k] : nullptr, Op::none});
    }
  }
  Net(const Net&) = delete;

  Chunk<Real> chunk() { return {&pointers, 0, samples}; }
  Chunk<Real> chunk(Index first, Index count) { return {&pointers, first, count}; }
  BankState<Real>& state(Index p) { return states[std::size_t(p)]; }

  // Solves the free phase, and returns the read-out's probabilities.
  Matrix<Real> free(const Matrix<Real>& x, const SettleOptions& options) {
    drive_from_input(loop, chunk(), all(x));
    settle_free(loop, chunk(), options);
    Matrix<Real> p(graph.population(graph.readout()).size, samples);
    read_logits(loop, chunk(), all(p));
    softmax(all(std::as_const(p)), all(p));
    return p;
  }
  void clamped(const Matrix<Real>& error, const SettleOptions& options) {
    release(loop, chunk());
    drive_from_nudge(loop, chunk(), all(error));
    settle_clamped(loop, chunk(), options, 0.0);
  }
};

const SettleOptions exact = {Method::sweeps, 2000, 1e-14};

}  // namespace settle::test
