// The recurrent circuit as the solvers see it: banks of neurons coupled by matrices. It owns nothing.
#pragma once

#include <vector>

#include "models/network/graph.h"
#include "models/neuron/bank.h"
#include "models/numeric/blas.h"
#include "models/numeric/matrix.h"

namespace settle {

template <class Real>
struct Coupling {
  Index source;
  Index target;
  Real alpha = 1;
  Real beta = 0;                           // from the read-out: the factor of B alone, beside the loop's nudge
  const Matrix<Real>* forward = nullptr;   // W, target x source; null when there is no forward path
  const Matrix<Real>* backward = nullptr;  // B, source x target, or W with op transpose; null when there is none
  Op backward_op = Op::none;
};

template <class Real>
struct Loop {
  std::vector<const Bank<Real>*> banks;  // by population; null for the input and the read-out
  std::vector<Coupling<Real>> couplings;
  std::vector<double> scale;  // by population: difference states are divided by this (path_gains)
  Real nudge = 0;
  Real curvature = 0;        // of the devices' current (device_current.h); 0: linear
  bool feedforward = false;  // nothing feeds back between hidden populations: one sweep forwards is exact
  bool symmetric = false;    // feedback is through the transposed weights, or nearly: sweeps may overshoot

  Index populations() const { return Index(banks.size()); }
  Index readout() const { return populations() - 1; }
  bool is_hidden(Index p) const { return banks[std::size_t(p)] != nullptr; }
  /// What a coupling's factor is multiplied by when it carries differences: g_from / g_to.
  double ratio(Index from, Index to) const {
    const double g = scale[std::size_t(to)];
    return g > 0 ? scale[std::size_t(from)] / g : 0.0;
  }
};

/// The states of all banks, by population (null for the input and the read-out), and the columns of them that make
/// one chunk of samples.
template <class Real>
struct Chunk {
  const std::vector<BankState<Real>*>* banks;
  Index first;
  Index count;

  BankState<Real>& bank(Index p) const { return *(*banks)[std::size_t(p)]; }
  View<Real> view(Matrix<Real>& m) const { return columns(m, first, count); }
};

/// How one phase ended.
struct Settled {
  int steps = 0;           // of the map, or sweeps
  double error = 0;        // estimate: of full scale (free), of the largest difference (clamped)
  double contraction = 0;  // factor by which the error falls in a step; of sweeps, if they did not overshoot
  bool converged = false;
};

enum class Method {
  sweeps,  // one population after another, in the order of the signal: the operating point
  map      // all at once, a fixed number of steps: the paper's synchronous map
};

struct SettleOptions {
  Method method = Method::sweeps;
  int steps = 100;  // of the map; at most so many sweeps
  double tolerance = 1e-3;
  bool ramped = false;  // of the map's clamped phase: the nudge is added again in each step, k times in step k
  // The clamped phase starts where all differences are zero: products with them are left out. If they are not, the
  // first sweep overwrites them all the same.
  bool from_rest = false;
};

}  // namespace settle
