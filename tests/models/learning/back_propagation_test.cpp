// Back-propagation against finite differences of the loss, and feedback alignment beside it.
#include "settle/models/learning/back_propagation.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/gradient.h"
#include "settle/models/network/topology.h"
#include "tests/models/settling/small_net.h"

namespace settle::test::back_propagation_test {
namespace {

constexpr Index count = 3;

Graph skipping() {
  GraphSpec spec{6, {7, 5, 6, 4}, 4};
  spec.alpha = 0.8;
  spec.seed = 2;
  return without_feedback(residual(spec));
}

struct Reference : Net<double> {
  Matrix<double> x = uniform<double>(6, count, "x");

  explicit Reference(const Graph& g, double curvature = 0) : Net(plain_sweeps(g), count, {0.1, false, curvature}) {}

  Matrix<double> probabilities() { return free(x, exact); }
  Matrix<double> target() const { return Matrix<double>::Identity(4, count); }
  double loss() { return -(probabilities().array().log() * target().array()).sum(); }

  // The states as lines carry them to the devices.
  Matrix<double> line(const Matrix<double>& of) const {
    if (circuit.curvature() == 0) return of;
    return (circuit.curvature() * of.array()).sinh() / circuit.curvature();
  }

  // -dL/dW of each projection, from the deltas.
  Directions<double> directions(const std::vector<Matrix<double>>& feedback = {}) {
    const Matrix<double> error = target() - probabilities();
    std::vector<Matrix<double>> delta(graph.populations.size());
    for (Index p = 1; p < graph.readout(); ++p) delta[std::size_t(p)].resize(graph.population(p).size, count);
    for (Index first = 0; first < count; ++first)  // chunk by chunk
      back_propagate(circuit, chunk(first, 1), columns(error, first, 1), feedback, delta);
    delta.back() = error;
    Directions<double> all;
    for (const Projection& p : graph.projections) {
      const Matrix<double>& pre = p.source == 0 ? x : this->state(p.source).state;
      all.push_back(p.alpha * delta[std::size_t(p.target)] * line(pre).transpose());
    }
    return all;
  }

  Matrix<double> finite_differences(std::size_t k) {
    constexpr double step = 1e-5;
    Matrix<double> slope(forward[k].rows(), forward[k].cols());
    for (Index i = 0; i < slope.size(); ++i) {
      const double at = forward[k](i);
      forward[k](i) = at + step;
      const double above = loss();
      forward[k](i) = at - step;
      slope(i) = (loss() - above) / (2 * step);
      forward[k](i) = at;
    }
    return slope;
  }

  std::vector<Matrix<double>> random_feedback() const {
    std::vector<Matrix<double>> all;
    for (std::size_t k = 0; k < forward.size(); ++k)
      all.push_back(uniform<double>(forward[k].cols(), forward[k].rows(), std::to_string(k).c_str(), 0.5));
    return all;
  }
};

TEST(BackPropagation, FollowsFiniteDifferencesOfTheLoss) {
  Reference net(skipping());
  const Directions<double> directions = net.directions();
  for (std::size_t k = 0; k < directions.size(); ++k) {
    const Matrix<double> truth = net.finite_differences(k);
    EXPECT_LT((directions[k] - truth).norm(), 1e-7 * truth.norm()) << k;
  }
}

// A state's change reaches devices that are not linear with the slope cosh(kappa s) of their line.
TEST(BackPropagation, FollowsFiniteDifferencesThroughBentDevices) {
  Reference net(skipping(), /*curvature=*/2);
  const Directions<double> directions = net.directions();
  for (std::size_t k = 0; k < directions.size(); ++k) {
    const Matrix<double> truth = net.finite_differences(k);
    EXPECT_LT((directions[k] - truth).norm(), 1e-7 * truth.norm()) << k;
  }
}

// The general adjoint, which iterates, ends where the one sweep does.
TEST(BackPropagation, IsTheAdjointOfALoopWithoutFeedback) {
  Reference net(skipping());
  const Directions<double> directions = net.directions();
  const Matrix<double> error = net.target() - net.probabilities();
  Settled solved;
  const Directions<double> adjoint = descent(net.circuit, net.chunk(), net.x, error, exact, solved);
  EXPECT_TRUE(solved.converged);
  for (std::size_t k = 0; k < directions.size(); ++k)
    EXPECT_LT((directions[k] - adjoint[k]).norm(), 1e-12 * adjoint[k].norm()) << k;
}

TEST(BackPropagation, CountsItsMultiplications) {
  Reference net(skipping());
  EXPECT_EQ(back_propagation_multiplications(net.circuit), 7 * 5 + 7 * 4 + 5 * 6 + 6 * 4 + 4 * 4);
}

TEST(BackPropagation, OneSweepOfTheFreePhaseIsExact) {
  Reference net(skipping());
  drive_from_input(net.circuit, net.chunk(), all(std::as_const(net.x)));
  const Settled once = settle_free(net.circuit, net.chunk(), exact);
  EXPECT_EQ(once.steps, 1);
  EXPECT_TRUE(once.converged);
  const Matrix<double> state = net.state(4).state;
  Graph graph = skipping();
  graph.feedforward = false;  // the same circuit, without saying so
  Reference other(graph);
  drive_from_input(other.circuit, other.chunk(), all(std::as_const(net.x)));
  EXPECT_GT(settle_free(other.circuit, other.chunk(), exact).steps, 1);
  EXPECT_EQ(other.state(4).state, state);
}

TEST(FeedbackAlignment, IsBackPropagationWithTheTransposes) {
  GraphSpec spec{6, {7, 5}, 4};
  Reference net(without_feedback(layered(spec)));
  std::vector<Matrix<double>> transposes;
  for (const Matrix<double>& w : net.forward) transposes.push_back(w.transpose());
  const Directions<double> bp = net.directions(), fa = net.directions(transposes);
  for (std::size_t k = 0; k < bp.size(); ++k) EXPECT_LT((bp[k] - fa[k]).norm(), 1e-13 * bp[k].norm());
}

// Another direction, except where the error enters; and the loss falls along it.
TEST(FeedbackAlignment, DiffersAndLearns) {
  Reference net(skipping());
  const auto feedback = net.random_feedback();
  const Directions<double> bp = net.directions(), fa = net.directions(feedback);
  EXPECT_EQ(fa.back(), bp.back());
  for (std::size_t k = 0; k + 1 < bp.size(); ++k) EXPECT_LT(alignment(fa[k], bp[k]).cosine, 0.95) << k;
  const double before = net.loss();
  for (int step = 0; step < 200; ++step) {
    const Directions<double> directions = net.directions(feedback);
    for (std::size_t k = 0; k < directions.size(); ++k) net.forward[k] += 0.1 * directions[k];
  }
  EXPECT_LT(net.loss(), 0.2 * before);
}

}  // namespace
}  // namespace settle::test::back_propagation_test
