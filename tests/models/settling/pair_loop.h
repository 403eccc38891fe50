// Two populations that drive each other: the smallest loop there is, for tests of how loops settle.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/settling/phase.h"
#include "settle/models/settling/stability.h"
#include "settle/models/settling/trajectory.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test {

/// Two populations of neurons that drive each other, W forwards and B backwards, both driven by the inputs, or the
/// first alone. The read-out has nothing to read.
template <class Real>
struct Pair : MatrixCircuit<Real> {
  using MatrixCircuit<Real>::circuit;
  using MatrixCircuit<Real>::chunk;

  Pair(const Matrix<Real>& forwards, const Matrix<Real>& backwards, double alpha, double beta, const Matrix<Real>& x,
       bool drives_second = true, double curvature = 0)
      : MatrixCircuit<Real>(graph_of(forwards.rows(), alpha, beta),
                            {Matrix<Real>::Identity(forwards.rows(), forwards.rows()),
                             Real(drives_second) * Matrix<Real>::Identity(forwards.rows(), forwards.rows()), forwards},
                            {{}, {}, backwards}, x.cols(), {/*nudge=*/0, /*layer_scaled=*/false, curvature}) {
    drive_from_input(circuit, chunk(), columns(x, 0, x.cols()));
  }

  const Matrix<Real>& w() const { return this->forward[2]; }
  const Matrix<Real>& b() const { return this->backward[2]; }
  Trajectory follow(Index steps) {
    return follow_map(circuit, chunk(), steps, Stream(1, "perturbation", Purpose::test));
  }

  /// The spectral radius at the equilibrium of the first sample.
  double settled_radius() {
    const Settled settled = settle_free(circuit, chunk(), {Method::sweeps, 5000, 1e-14});
    EXPECT_TRUE(settled.converged);
    return spectral_radius(circuit, slopes_of_sample(circuit, chunk(), 0));
  }

 private:
  static Graph graph_of(Index size, double alpha, double beta) {
    Graph graph;
    graph.symmetric = false;
    graph.populations = {{"input", size}, {"bank", size}, {"bank", size}, {"readout", 1}};
    Projection loop{1, 2};
    loop.backward = true;
    loop.alpha = alpha;
    loop.beta = beta;
    graph.projections = {Projection{0, 1}, Projection{0, 2}, loop};
    return graph;
  }
};

inline Matrix<double> one(double value) { return Matrix<double>::Constant(1, 1, value); }

inline Matrix<double> random_matrix(Index size, double gain, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  const double reach = gain * std::sqrt(3.0 / double(size));  // a variance of gain^2 / size
  return Matrix<double>::NullaryExpr(size, size,
                                     [&](Index, Index) { return reach * (double(engine()) * 0x1p-31 - 1); });
}

}  // namespace settle::test
