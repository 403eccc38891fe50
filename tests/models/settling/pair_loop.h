// Two populations that drive each other: the smallest loop there is, for tests of how loops settle.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "models/settling/phase.h"
#include "models/settling/stability.h"
#include "models/settling/trajectory.h"

namespace settle::test {

/// Two populations of `size` neurons that drive each other, W forwards and B backwards, both driven by the inputs, or
/// the first alone.
template <class Real>
struct Pair {
  Matrix<Real> input1, input2, w, b;
  std::vector<Bank<Real>> banks;
  std::vector<BankState<Real>> states;
  std::vector<BankState<Real>*> pointers;
  Loop<Real> loop;

  Pair(Matrix<Real> forward, Matrix<Real> backward, double alpha, double beta, const Matrix<Real>& x,
       bool drives_second = true)
      : w(std::move(forward)), b(std::move(backward)), banks(2), states(2) {
    const Index size = w.rows();
    input1 = input2 = Matrix<Real>::Identity(size, size);
    if (!drives_second) input2.setZero();
    pointers = {nullptr, &states[0], &states[1], nullptr};
    loop.banks = {nullptr, &banks[0], &banks[1], nullptr};
    loop.scale.assign(4, 1.0);
    for (const std::size_t i : {0u, 1u}) {
      banks[i] = make_bank<Real>({}, size, "bank", 1);
      states[i].resize(size, x.cols());
    }
    loop.couplings.push_back({0, 1, 1, 0, &input1, nullptr, Op::none});
    loop.couplings.push_back({0, 2, 1, 0, &input2, nullptr, Op::none});
    loop.couplings.push_back({1, 2, Real(alpha), Real(beta), &w, &b, Op::none});
    drive_from_input(loop, chunk(), columns(x, 0, x.cols()));
  }
  Pair(const Pair&) = delete;

  Chunk<Real> chunk() const { return {&pointers, 0, states[0].state.cols()}; }
  Trajectory follow(Index steps) const {
    return follow_map(loop, chunk(), steps, Stream(1, "perturbation", Purpose::test));
  }

  /// The spectral radius at the equilibrium of the first sample.
  double settled_radius() {
    const Settled settled = settle_free(loop, chunk(), {Method::sweeps, 5000, 1e-14});
    EXPECT_TRUE(settled.converged);
    return spectral_radius(loop, slopes_of_sample(loop, chunk(), 0));
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
