// The true gradient against finite differences of the loss, and what equilibrium propagation makes of it.
#include "settle/models/learning/gradient.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/softmax.h"
#include "settle/models/network/initial.h"
#include "settle/models/network/topology.h"
#include "tests/models/settling/matrix_circuit.h"

namespace settle::test::gradient_test {
namespace {

const SettleOptions exact = {Method::sweeps, 5000, 1e-14};

Graph plain_sweeps(Graph graph) {
  graph.symmetric = false;
  return graph;
}

Graph graph_with(double beta, bool skips) {
  GraphSpec spec{5, skips ? std::vector<Index>{6, 5, 6, 4} : std::vector<Index>{7, 6}, 3};
  spec.beta = beta;
  return skips ? residual(spec) : layered(spec);
}

// Feedback reads the weights' own matrices backwards, or copies of them that stay when the weights change.
struct Net : MatrixCircuit<double> {
  Matrix<double> x;

  Net(const Graph& g, double nudge, bool tied, double curvature = 0)
      : MatrixCircuit<double>(plain_sweeps(g), weights(g), feedback(g, tied), 3, {nudge, true, curvature}) {
    Engine engine(Stream(1, "x", Purpose::test));
    x = Matrix<double>::NullaryExpr(5, 3, [&](Index, Index) { return double(engine()) * 0x1p-32; });
  }

  static std::vector<Matrix<double>> weights(const Graph& g) {
    std::vector<Matrix<double>> all_weights;
    for (const Projection& p : g.projections)
      all_weights.push_back(glorot_uniform(g.population(p.target).size, g.population(p.source).size,
                                           Stream(1, g.stream_name(p), Purpose::initial_weights))
                                .cast<double>());
    return all_weights;
  }
  static std::vector<Matrix<double>> feedback(const Graph& g, bool tied) {
    std::vector<Matrix<double>> all_feedback(g.projections.size());
    const std::vector<Matrix<double>> forward_weights = weights(g);
    for (std::size_t k = 0; k < all_feedback.size() && !tied; ++k) all_feedback[k] = forward_weights[k].transpose();
    return all_feedback;
  }
  Matrix<double> target() const { return Matrix<double>::Identity(3, 3); }

  Matrix<double> probabilities() {
    drive_from_input(circuit, chunk(), columns(std::as_const(x), 0, 3));
    EXPECT_TRUE(settle_free(circuit, chunk(), exact).converged);
    Matrix<double> p(3, 3);
    read_logits(circuit, chunk(), columns(p, 0, 3));
    softmax(columns(std::as_const(p), 0, 3), columns(p, 0, 3));
    return p;
  }
  double loss() { return -(probabilities().array().log() * target().array()).sum(); }

  Directions<double> true_descent() {
    const Matrix<double> error = target() - probabilities();
    Settled solved;
    const Directions<double> directions = descent(circuit, chunk(), x, error, exact, solved);
    EXPECT_TRUE(solved.converged);
    return directions;
  }
  // sign: of the error that nudges.
  Directions<double> contrast(double sign = 1, ContrastTerms terms = ContrastTerms::post) {
    const Matrix<double> error = target() - probabilities(), nudging = sign * error;
    release(circuit, chunk());
    drive_from_nudge(circuit, chunk(), columns(nudging, 0, 3));
    EXPECT_TRUE(settle_clamped(circuit, chunk(), exact, 0.0).converged);
    return contrast_of(circuit, chunk(), x, error, terms);
  }
  Matrix<double> finite_differences(std::size_t k) {
    constexpr double step = 1e-5;
    Matrix<double> slope(forward[k].rows(), forward[k].cols());
    for (Index i = 0; i < slope.size(); ++i) {
      double& w = forward[k].data()[i];
      const double before = w;
      w = before + step;
      const double above = loss();
      w = before - step;
      slope.data()[i] = (above - loss()) / (2 * step);
      w = before;
    }
    return slope;
  }
};

struct Case {
  bool tied, skips;
  double curvature;
};

TEST(Gradient, AgreesWithFiniteDifferencesOfTheLoss) {
  for (const Case& c : {Case{false, false, 0}, Case{true, false, 0}, Case{false, true, 0}, Case{true, true, 0.6}}) {
    Net net(graph_with(0.4, c.skips), 0.1, c.tied, c.curvature);
    const Directions<double> truth = net.true_descent();
    for (std::size_t k = 0; k < truth.size(); ++k) {
      const Alignment a = alignment<double>(-net.finite_differences(k), truth[k]);
      EXPECT_GT(a.cosine, 1 - 1e-6) << c.tied << c.skips << net.graph.name(net.graph.projections[k]);
      EXPECT_NEAR(a.ratio, 1, 1e-6) << c.tied << c.skips << net.graph.name(net.graph.projections[k]);
    }
  }
}

// With the weights read backwards, to first order in beta and in the nudge; layer-scaled, even the sizes agree.
TEST(Gradient, EquilibriumPropagationTendsToIt) {
  double last = 1;
  for (const double small : {0.1, 0.01, 0.001}) {
    Net net(graph_with(small, false), small, /*tied=*/true);
    const Directions<double> truth = net.true_descent(), ep = net.contrast();
    double worst = 0;
    for (std::size_t k = 0; k < truth.size(); ++k) {
      const Alignment a = alignment(ep[k], truth[k]);
      worst = std::max({worst, std::sqrt(2 * std::max(0.0, 1 - a.cosine)), std::abs(a.ratio - 1)});
    }
    EXPECT_LT(worst, small);
    EXPECT_LT(worst, 0.2 * last) << small;
    last = worst;
  }
}

// With both terms of the product, to first order in the nudge however strong feedback is; with one, it is off by what
// feedback makes at the source.
TEST(Gradient, BothTermsGiveItForStrongFeedbackToo) {
  for (const double beta : {0.3, 1.0}) {
    double last = 1;
    for (const double nudge : {1e-2, 1e-3, 1e-4}) {
      Net net(graph_with(beta, false), nudge, /*tied=*/true);
      const Directions<double> truth = net.true_descent();
      const Directions<double> both = net.contrast(1, ContrastTerms::both), post = net.contrast();
      double worst = 0;
      for (std::size_t k = 0; k < truth.size(); ++k) {
        const Alignment a = alignment(both[k], truth[k]);
        worst = std::max({worst, std::sqrt(2 * std::max(0.0, 1 - a.cosine)), std::abs(a.ratio - 1)});
        EXPECT_EQ(both[k] == post[k], k != 1) << "there is a second term between hidden populations alone";
      }
      EXPECT_LT(worst, nudge) << beta;
      EXPECT_LT(worst, 0.2 * last) << beta;
      EXPECT_LT(alignment(post[1], truth[1]).cosine, 1 - 0.01 * beta) << beta;
      last = worst;
    }
  }
}

// A nudge of one sign leaves an error of its first order; half of what lies between two of opposite signs, one of the
// second.
TEST(Gradient, SymmetricNudgingRemovesTheBiasOfTheNudge) {
  const auto direction = [](double nudge, bool symmetric) {
    Net net(graph_with(0.3, false), nudge, /*tied=*/true);
    Matrix<double> first = net.contrast()[0];
    return Matrix<double>(symmetric ? 0.5 * (first - net.contrast(-1)[0]) : first);
  };
  const Matrix<double> limit = direction(1e-5, true);
  const auto off = [&](double nudge, bool symmetric) {
    return (direction(nudge, symmetric) - limit).norm() / limit.norm();
  };
  EXPECT_NEAR(off(0.2, false) / off(0.1, false), 2, 0.2);
  EXPECT_NEAR(off(0.2, true) / off(0.1, true), 4, 0.2);
  EXPECT_LT(off(0.2, true), 0.1 * off(0.2, false));
}

TEST(Gradient, AtTheReadoutIsTheSameForBoth) {
  Net net(graph_with(0.4, true), 0.3, true);
  const Directions<double> truth = net.true_descent(), ep = net.contrast();
  EXPECT_LT((ep.back() - truth.back()).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Gradient, AlignmentByHand) {
  const Matrix<double> a = (Matrix<double>(1, 2) << 3, 4).finished(), b = (Matrix<double>(1, 2) << 0, 2).finished();
  EXPECT_NEAR(alignment(a, b).cosine, 0.8, 1e-15);
  EXPECT_NEAR(alignment(a, b).ratio, 2.5, 1e-15);
  EXPECT_TRUE(std::isnan(alignment<double>(a, Matrix<double>::Zero(1, 2)).cosine));
}

}  // namespace
}  // namespace settle::test::gradient_test
