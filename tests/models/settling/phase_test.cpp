// The two phases: their equilibria by whatever way they are reached, and the direction against the true gradient.
#include "settle/models/settling/phase.h"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

#include "settle/models/network/topology.h"
#include "settle/models/numeric/parallel.h"
#include "tests/models/settling/small_net.h"

namespace settle::test::phase_test {
namespace {

// The largest distance of a state from the map's value at it, written out as in the paper (eq. 3).
template <class Real>
double residual_of(Net<Real>& net, const Matrix<Real>& x, bool clamped, const Matrix<Real>& error) {
  const auto state = [&](Index p) -> Matrix<double> {
    if (p == 0) return x.template cast<double>();
    Matrix<double> s = net.state(p).state.template cast<double>();
    if (clamped) s += net.circuit.scale(p) * net.state(p).difference.template cast<double>();
    return s;
  };
  double worst = 0;
  for (Index p = 1; p < net.graph.readout(); ++p) {
    Matrix<double> h = Matrix<double>::Zero(net.graph.population(p).size, net.samples());
    for (std::size_t k = 0; k < net.graph.projections.size(); ++k) {
      const Projection& j = net.graph.projections[k];
      if (j.target == p && j.forward) h += j.alpha * net.forward[k].template cast<double>() * state(j.source);
      if (j.source != p || !j.backward) continue;
      const Matrix<double> b = net.backward[k].template cast<double>();
      if (j.target != net.graph.readout()) h += j.beta * b * state(j.target);
      if (j.target == net.graph.readout() && clamped)
        h += j.beta * double(net.circuit.nudge()) * b * error.template cast<double>();
    }
    worst = std::max(worst, (h.array().tanh().matrix() - state(p)).cwiseAbs().maxCoeff());
  }
  return worst;
}

std::vector<Graph> graphs() {
  GraphSpec agt{6, {9, 8, 7, 6}, 4};
  agt.beta = 0.1;
  agt.agt_probability = 0.5;
  GraphSpec skipping{6, {9, 8, 7, 6, 5}, 4};
  skipping.beta = 0.2;
  return {layered_with(1.0, 0.3), residual(skipping), arbitrary(agt)};
}

Graph overshooting(Graph graph) {
  graph.symmetric = true;
  return graph;
}

TEST(Phase, OperatingPointIsAFixedPointOfTheMap) {
  for (const Graph& graph : graphs()) {
    Net<double> net(graph, 5, 0.3);
    const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
    net.free(x, exact);
    net.clamped(error, exact);
    EXPECT_LT(residual_of(net, x, false, error), 1e-13);
    EXPECT_LT(residual_of(net, x, true, error), 1e-13);
    EXPECT_GT(residual_of<double>(net, 1.1 * x, false, error), 1e-3);  // the residual would show a tenth
  }
}

// The error is estimated from the last steps, which the first ones may mislead: twice and a little is allowed. In a
// slow loop the last change alone would be wrong by much more.
TEST(Phase, ToleranceIsKept) {
  std::vector<Graph> fast_and_slow = graphs();
  fast_and_slow.push_back(layered_with(1.0, 1.0, {40, 40, 40}));
  for (const Graph& graph : fast_and_slow) {
    Net<double> rough(overshooting(graph), 5, CircuitSpec{0.3}), fine(graph, 5, 0.3);
    const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
    fine.free(x, exact);
    fine.clamped(error, exact);
    for (const double tolerance : {1e-2, 1e-3, 1e-5}) {
      const SettleOptions options = {Method::sweeps, 1000, tolerance};
      rough.free(x, options);
      for (Index p = 1; p < graph.readout(); ++p)
        EXPECT_LT((rough.state(p).state - fine.state(p).state).cwiseAbs().maxCoeff(), 2.5 * tolerance) << p;
      rough.free(x, exact);
      rough.clamped(error, options);
      for (Index p = 1; p < graph.readout(); ++p) {
        const Matrix<double>& difference = fine.state(p).difference;
        const double off = (rough.state(p).difference - difference).cwiseAbs().maxCoeff();
        EXPECT_LT(off, 2.5 * tolerance * difference.cwiseAbs().maxCoeff()) << p;
      }
    }
  }
}

// Sweeps that overshoot reach the same equilibrium, sooner where the loop is slow.
TEST(Phase, OvershootingIsFaster) {
  const std::pair<double, double> cases[] = {{0.1, 1.0}, {0.5, 0.8}, {1.0, 0.6}};  // beta, share of the sweeps
  for (const auto& [beta, share] : cases) {
    const Graph graph = layered_with(1.0, beta, {40, 40, 40});
    Net<double> plain(graph, 5, 0.3), over(overshooting(graph), 5, CircuitSpec{0.3});
    const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
    int steps[2][2];
    for (Net<double>* net : {&plain, &over}) {
      const SettleOptions fine = {Method::sweeps, 1000, 1e-9};
      drive_from_input(net->circuit, net->chunk(), all(x));
      drive_from_nudge(net->circuit, net->chunk(), all(error));
      const Settled free = settle_free(net->circuit, net->chunk(), fine);
      const Settled clamped = settle_clamped(net->circuit, net->chunk(), fine, free.contraction);
      EXPECT_TRUE(free.converged && clamped.converged) << beta;
      steps[net == &over][0] = free.steps;
      steps[net == &over][1] = clamped.steps;
    }
    for (int phase : {0, 1}) EXPECT_LE(steps[1][phase], share * steps[0][phase]) << beta;
    for (Index p = 1; p < graph.readout(); ++p) {
      EXPECT_LT((over.state(p).state - plain.state(p).state).cwiseAbs().maxCoeff(), 1e-8);
      EXPECT_LT((over.state(p).difference - plain.state(p).difference).cwiseAbs().maxCoeff(),
                1e-8 * plain.state(p).difference.cwiseAbs().maxCoeff());
    }
  }
}

TEST(Phase, FloatIsAsGoodAsItsDigits) {
  const Graph graph = layered_with(1.0, 0.01, {9, 8, 7, 6, 5});  // the first layer's difference is 1e-10 of full scale
  Net<float> narrow(graph, 5, 0.01);
  Net<double> wide(graph, 5, 0.01);
  const Matrix<float> x = uniform<float>(6, 5, "x"), error = uniform<float>(4, 5, "error");
  narrow.free(x, {Method::sweeps, 100, 1e-6});
  narrow.clamped(error, {Method::sweeps, 100, 1e-6});
  wide.free(x.cast<double>(), exact);
  wide.clamped(error.cast<double>(), exact);
  for (Index p = 1; p < graph.readout(); ++p) {
    const Matrix<double>& difference = wide.state(p).difference;
    EXPECT_LT((narrow.state(p).state.cast<double>() - wide.state(p).state).cwiseAbs().maxCoeff(), 2e-6);
    EXPECT_LT((narrow.state(p).difference.cast<double>() - difference).cwiseAbs().maxCoeff(),
              1e-5 * difference.cwiseAbs().maxCoeff());
  }
}

TEST(Phase, SweepsAndMapAgree) {
  const SettleOptions map = {Method::map, 300, 1e-14};
  for (const Graph& graph : graphs()) {
    Net<double> one(graph, 5, 0.3), other(graph, 5, 0.3);
    const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
    one.free(x, exact);
    one.clamped(error, exact);
    other.free(x, map);
    other.clamped(error, map);
    for (Index p = 1; p < graph.readout(); ++p) {
      EXPECT_LT((one.state(p).state - other.state(p).state).cwiseAbs().maxCoeff(), 1e-13);
      EXPECT_LT((one.state(p).difference - other.state(p).difference).cwiseAbs().maxCoeff(), 1e-12);
    }
  }
}

// What a second clamped phase starts from is nearly its answer, and does not change it.
TEST(Phase, TheOppositeNudgeIsSolvedFromTheNegativeOfTheFirst) {
  const SettleOptions options = {Method::sweeps, 100, 1e-6};
  Net<double> net(layered_with(0.9, 0.3), 5, 0.01);
  net.free(uniform<double>(6, 5, "x"), exact);
  const Matrix<double> error = uniform<double>(4, 5, "error"), opposite = -error;
  net.clamped(opposite, exact);
  const Matrix<double> answer = net.state(1).difference;
  const auto steps_of_second = [&](bool negated) {
    net.clamped(error, exact);
    if (negated) negate(net.circuit, net.chunk());
    drive_from_nudge(net.circuit, net.chunk(), all(opposite));
    const int steps = settle_clamped(net.circuit, net.chunk(), options, 0.0).steps;
    EXPECT_LT((net.state(1).difference - answer).cwiseAbs().maxCoeff(), 1e-5 * answer.cwiseAbs().maxCoeff());
    return steps;
  };
  EXPECT_LE(steps_of_second(true) + 2, steps_of_second(false));
}

// Step k of a ramp is a step of the map under k times the nudge.
TEST(Phase, ARampedNudgeIsAddedInEachStep) {
  constexpr int steps = 7;
  Net<double> ramped(layered_with(0.9, 0.3), 5, 0.3), stepped(layered_with(0.9, 0.3), 5, 0.3);
  const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
  ramped.free(x, exact);
  stepped.free(x, exact);
  SettleOptions options = {Method::map, steps, 1e-3};
  options.ramped = true;
  ramped.clamped(error, options);
  release(stepped.circuit, stepped.chunk());
  for (int k = 1; k <= steps; ++k) {
    drive_from_nudge(stepped.circuit, stepped.chunk(), all(std::as_const(error)));
    for (Index p = 1; p <= 3; ++p) stepped.state(p).difference_external *= k;
    settle_clamped(stepped.circuit, stepped.chunk(), {Method::map, 1, 1e-3}, 0.0);
  }
  for (Index p = 1; p <= 3; ++p)
    EXPECT_LT((ramped.state(p).difference - stepped.state(p).difference).cwiseAbs().maxCoeff(), 1e-13) << p;
  const Matrix<double> last = ramped.state(1).difference;
  options.ramped = false;
  ramped.clamped(error, options);
  EXPECT_GT((ramped.state(1).difference - last).norm(), 0.5 * last.norm());
}

TEST(Phase, ALoopThatOscillatesDoesNotConverge) {
  Net<double> net(layered_with(1.0, 1.0, {8, 8}), 3, 0.3);
  net.forward[1] = 4 * Matrix<double>::Identity(8, 8);
  net.backward[1] = -net.forward[1];
  drive_from_input(net.circuit, net.chunk(), all(uniform<double>(6, 3, "x")));
  for (const Method method : {Method::sweeps, Method::map}) {
    const Settled settled = settle_free(net.circuit, net.chunk(), {method, 50, 1e-3});
    EXPECT_FALSE(settled.converged);
    EXPECT_EQ(settled.steps, 50);
  }
}

TEST(Phase, TransientEndsAtTheClampedEquilibrium) {
  for (const Graph& graph : graphs()) {
    Net<double> net(graph, 5, 0.3);
    net.free(uniform<double>(6, 5, "x"), exact);
    net.clamped(uniform<double>(4, 5, "error"), exact);
    std::vector<Matrix<double>> goal;
    for (Index p = 1; p < graph.readout(); ++p) goal.push_back(net.state(p).difference);
    release(net.circuit, net.chunk());
    net.advance(/*in_clamped_phase=*/true, 10e-9 / 20, 200 * 20);
    for (Index p = 1; p < graph.readout(); ++p)
      EXPECT_LT((net.state(p).difference - goal[std::size_t(p - 1)]).cwiseAbs().maxCoeff(), 1e-12);
  }
}

// With one population the drive is constant, and the exponential integrator exact at any step.
TEST(Phase, TransientOfOneLayerIsExponential) {
  Net<double> net(layered_with(1.0, 0.3, {9}), 5, 0.3);
  net.free(uniform<double>(6, 5, "x"), exact);
  net.clamped(uniform<double>(4, 5, "error"), exact);
  const Matrix<double> goal = net.state(1).difference_drive;
  release(net.circuit, net.chunk());
  net.advance(/*in_clamped_phase=*/true, 4e-9, 3);
  EXPECT_LT((net.state(1).difference_drive - (1 - std::exp(-1.2)) * goal).cwiseAbs().maxCoeff(), 1e-14);
}

// Both phases, half way to where they go: halving the step leaves a quarter of the error.
TEST(Phase, TransientIsOfSecondOrder) {
  Net<double> net(layered_with(1.0, 0.3), 5, 0.3);
  const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
  net.free(x, exact);
  drive_from_nudge(net.circuit, net.chunk(), all(error));
  constexpr double end_s = 15e-9;
  const auto after = [&](int count, bool clamped) {
    if (clamped) {
      release(net.circuit, net.chunk());
    } else {
      reset(net.circuit, net.chunk());
    }
    net.advance(clamped, end_s / count, count);
    return Matrix<double>(clamped ? net.state(2).difference : net.state(2).state);
  };
  for (const bool clamped : {true, false}) {
    const Matrix<double> goal = after(4096, clamped);
    const double coarse = (after(16, clamped) - goal).norm(), fine = (after(32, clamped) - goal).norm();
    EXPECT_NEAR(coarse / fine, 4, 0.5) << clamped;
    EXPECT_GT(fine, 1e-6);
  }
}

TEST(Phase, AnEndlessStepInTimeIsAStepOfTheMap) {
  for (const Graph& graph : graphs()) {
    Net<double> timed(graph, 5, 0.3), mapped(graph, 5, 0.3);
    const Matrix<double> x = uniform<double>(6, 5, "x"), error = uniform<double>(4, 5, "error");
    for (Net<double>* net : {&timed, &mapped}) {
      net->free(x, exact);
      net->clamped(error, {Method::map, 0, 1.0});
    }
    timed.advance(/*in_clamped_phase=*/true, 1.0, 4);
    for (int step = 0; step < 4; ++step) settle_clamped(mapped.circuit, mapped.chunk(), {Method::map, 1, 1.0}, 0.0);
    for (Index p = 1; p < graph.readout(); ++p)
      EXPECT_LT((timed.state(p).difference - mapped.state(p).difference).cwiseAbs().maxCoeff(), 1e-14);
  }
}

TEST(Phase, ReleaseForgetsTheDifference) {
  Net<float> net(layered_with(1.0, 0.3), 5, 0.3);
  net.free(uniform<float>(6, 5, "x"), {});
  net.clamped(uniform<float>(4, 5, "error"), {});
  EXPECT_GT(net.state(1).difference.norm(), 0);
  release(net.circuit, net.chunk());
  for (Index p = 1; p <= 3; ++p) EXPECT_EQ(net.state(p).difference.norm() + net.state(p).difference_drive.norm(), 0);
}

TEST(Phase, LogitsDifferenceIsThatOfTheLogits) {
  Net<double> net(layered_with(1.0, 0.3), 5, 0.3);
  net.free(uniform<double>(6, 5, "x"), exact);
  net.clamped(uniform<double>(4, 5, "error"), exact);
  Matrix<double> free(4, 5), shift(4, 5), clamped(4, 5);
  read_logits(net.circuit, net.chunk(), all(free));
  read_logits_difference(net.circuit, net.chunk(), all(shift));
  net.state(3).state += net.circuit.scale(3) * net.state(3).difference;
  read_logits(net.circuit, net.chunk(), all(clamped));
  EXPECT_LT((clamped - free - shift).cwiseAbs().maxCoeff(), 1e-14);
  EXPECT_GT(shift.norm(), 1e-3);
}

// A sample's bytes do not depend on which chunk of a block it is in: here columns 8..15 against columns 0..7.
TEST(Phase, ChunksGiveTheSameBytesAnywhere) {
  const Matrix<float> x = uniform<float>(6, 8, "x"), error = uniform<float>(4, 8, "error");
  for (const Graph& graph : graphs()) {
    Net<float> alone(graph, 8, 0.3), within(graph, 24, 0.3);
    const auto solve = [&](Net<float>& net, Index first) {
      const Chunk<float> chunk = net.chunk(first, 8);
      drive_from_input(net.circuit, chunk, all(x));
      settle_free(net.circuit, chunk, {});
      release(net.circuit, chunk);
      drive_from_nudge(net.circuit, chunk, all(error));
      settle_clamped(net.circuit, chunk, {}, 0.0);
    };
    solve(alone, 0);
    parallel_for(3, 2, [&](Index k) { solve(within, 8 * k); });
    for (Index p = 1; p < graph.readout(); ++p) {
      for (const Index first : {0, 8, 16}) {
        EXPECT_EQ(within.state(p).state.middleCols(first, 8), alone.state(p).state);
        EXPECT_EQ(within.state(p).difference.middleCols(first, 8), alone.state(p).difference);
      }
    }
  }
}

// The loss of a network at its free equilibrium against the direction that equilibrium propagation finds.
class Gradient {
 public:
  explicit Gradient(bool feedback_follows) : feedback_follows_(feedback_follows) {}

  // The sine of the angle between the direction and the negative gradient, over all forward weights.
  double sine(double beta, double nudge) const {
    Net<double> net(layered_with(1.0, beta), 5, nudge);
    const Vector<double> direction = this->direction(net), gradient = this->gradient(net);
    const double cosine = -direction.dot(gradient) / (direction.norm() * gradient.norm());
    EXPECT_GT(cosine, 0);
    const Vector<double> off = direction / direction.norm() + gradient / gradient.norm();
    return off.norm();
  }

 private:
  static Matrix<double> input() { return uniform<double>(6, 5, "x"); }
  static Matrix<double> target() { return Matrix<double>::Identity(4, 4).replicate(1, 2).leftCols(5); }

  static Vector<double> direction(Net<double>& net) {
    const Matrix<double> x = input(), error = target() - net.free(x, exact);
    net.clamped(error, exact);
    std::vector<double> all_weights;
    for (const Projection& p : net.graph.projections) {
      const Matrix<double>& post = p.target == net.graph.readout() ? error : net.state(p.target).difference;
      const Matrix<double> w = post * (p.source == 0 ? x : net.state(p.source).state).transpose();
      all_weights.insert(all_weights.end(), w.data(), w.data() + w.size());
    }
    return Eigen::Map<Vector<double>>(all_weights.data(), Index(all_weights.size()));
  }

  static double loss(Net<double>& net) { return -(net.free(input(), exact).array().log() * target().array()).sum(); }

  Vector<double> gradient(Net<double>& net) const {
    constexpr double step = 1e-5;
    std::vector<double> all_weights;
    for (std::size_t k = 0; k < net.forward.size(); ++k) {
      for (Index j = 0; j < net.forward[k].cols(); ++j) {
        for (Index i = 0; i < net.forward[k].rows(); ++i) {
          const auto at = [&](double change) {
            const double w = net.forward[k](i, j);
            net.forward[k](i, j) = w + change;
            if (feedback_follows_) net.backward[k](j, i) = w + change;
            const double l = loss(net);
            net.forward[k](i, j) = net.backward[k](j, i) = w;
            return l;
          };
          all_weights.push_back((at(step) - at(-step)) / (2 * step));
        }
      }
    }
    return Eigen::Map<Vector<double>>(all_weights.data(), Index(all_weights.size()));
  }

  bool feedback_follows_;
};

// With fixed feedback and alpha = 1 the layer-scaled difference is the adjoint state itself, at any beta, but for the
// curvature of the neurons, which a nudge of one sign shows to first order.
TEST(Phase, DirectionIsTheGradientToFirstOrderInTheNudge) {
  const Gradient gradient(false);
  const double coarse = gradient.sine(0.3, 0.1), fine = gradient.sine(0.3, 0.05);
  EXPECT_LT(gradient.sine(0.3, 1e-6), 1e-6);
  EXPECT_NEAR(coarse / fine, 2.0, 0.1);
}

// Where the feedback is the transposed array itself, changing a weight also changes what is fed back: order beta.
TEST(Phase, DirectionIsTheGradientOfTiedWeightsToFirstOrderInBeta) {
  const Gradient gradient(true);
  const double coarse = gradient.sine(0.04, 1e-6), fine = gradient.sine(0.02, 1e-6);
  EXPECT_LT(gradient.sine(1e-3, 1e-6), 2e-3);
  EXPECT_GT(coarse, 1e-3);
  EXPECT_NEAR(coarse / fine, 2.0, 0.1);
}

}  // namespace
}  // namespace settle::test::phase_test
