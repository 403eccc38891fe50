// Loops with several equilibria: which one the circuit goes to, and when there is one alone.
#include "settle/models/settling/follow.h"

#include <cmath>
#include <limits>

#include "settle/models/settling/coupling.h"
#include "settle/models/settling/relaxation.h"
#include "tests/models/settling/pair_loop.h"
#include "tests/models/settling/small_net.h"

namespace settle::test::follow_test {
namespace {

// Two neurons that hold each other down, each with an input of its own: whichever is faster wins, and stays.
struct FlipFlop : MatrixCircuit<double> {
  static constexpr double inhibition = -3;

  explicit FlipFlop(const Matrix<double>& x)
      : MatrixCircuit<double>(graph(), {row(1, 0), row(0, 1), one(inhibition)}, {{}, {}, one(inhibition)}, x.cols(),
                              {/*nudge=*/0, /*layer_scaled=*/false}) {
    drive_from_input(circuit, chunk(), columns(x, 0, x.cols()));
  }
  double output(Index neuron, Index sample) { return state(neuron).state(0, sample); }

 private:
  static Matrix<double> row(double a, double b) {
    Matrix<double> m(1, 2);
    m << a, b;
    return m;
  }
  static Graph graph() {
    Graph graph;
    graph.symmetric = true;
    graph.populations = {{"input", 2}, {"first", 1}, {"second", 1}, {"readout", 1}};
    Projection loop{1, 2};
    loop.backward = true;
    loop.alpha = loop.beta = 1;
    graph.projections = {Projection{0, 1}, Projection{0, 2}, loop};
    return graph;
  }
};

// The winner's output by hand: s = tanh(x + 3 tanh(3 s - y)), y the loser's input, from s = 1 on.
double winner(double x, double y) {
  double s = 1;
  for (int i = 0; i < 1000; ++i) s = std::tanh(x + 3 * std::tanh(3 * s - y));
  return s;
}

Matrix<double> two_inputs() {
  Matrix<double> x(2, 2);
  x << 0.5, 0.6,  // of the first neuron, and
      0.6, 0.5;   // of the second
  return x;
}

const SettleOptions exactly = {Method::sweeps, 1000, 1e-12};

TEST(Follow, GoesWhereTheCircuitGoes) {
  const Matrix<double> x = two_inputs();
  FlipFlop solved(x), followed(x);
  ASSERT_TRUE(settle_free(solved.circuit, solved.chunk(), exactly).converged);
  // sweeps give the first neuron its input before the second has any
  EXPECT_NEAR(solved.output(1, 0), winner(0.5, 0.6), 1e-9);
  EXPECT_NEAR(solved.output(1, 1), winner(0.6, 0.5), 1e-9);

  reset(followed.circuit, followed.chunk());
  ASSERT_TRUE(follow_free(followed.circuit, followed.chunk(), exactly).converged);
  EXPECT_NEAR(followed.output(2, 0), winner(0.6, 0.5), 1e-9) << "the second neuron has the larger input";
  EXPECT_LT(followed.output(1, 0), -0.9);
  EXPECT_NEAR(followed.output(1, 1), winner(0.6, 0.5), 1e-9);

  // what was found is counted, and left
  const double before = solved.output(1, 0);
  EXPECT_EQ(count_elsewhere(solved.circuit, solved.states, {0, 1}, exactly), 1);
  EXPECT_EQ(count_elsewhere(solved.circuit, solved.states, {1}, exactly), 0);
  EXPECT_EQ(count_elsewhere(followed.circuit, followed.states, {0, 1}, exactly), 0);
  EXPECT_EQ(solved.output(1, 0), before);
}

// The state that it was left in decides, not the input.
TEST(Follow, StartsFromItsMembranes) {
  FlipFlop held(two_inputs());
  for (const Index p : {1, 2}) {
    held.state(p).drive.setConstant(p == 1 ? 2 : -2);
    held.state(p).state = held.state(p).drive.array().tanh();
  }
  ASSERT_TRUE(follow_free(held.circuit, held.chunk(), exactly).converged);
  EXPECT_NEAR(held.output(1, 0), winner(0.5, 0.6), 1e-9);
  EXPECT_NEAR(held.output(1, 1), winner(0.6, 0.5), 1e-9);
}

// A random loop with very many equilibria: each sample's is the one in which a finer integration rests.
TEST(Follow, OfALargeLoopEndsWhereFinerStepsEnd) {
  Engine engine(Stream(1, "x", Purpose::test));
  const Matrix<double> x =
      Matrix<double>::NullaryExpr(20, 40, [&](Index, Index) { return double(engine()) * 0x1p-31 - 1; });
  const Matrix<double> w = random_matrix(20, 1.5, "w");
  Pair<double> followed(w, w.transpose(), 1, 1, x), finer(w, w.transpose(), 1, 1, x), solved(w, w.transpose(), 1, 1, x);
  reset(followed.circuit, followed.chunk());
  EXPECT_TRUE(follow_free(followed.circuit, followed.chunk(), {Method::sweeps, 1000, 1e-9}).converged);
  EXPECT_TRUE(relax(finer.circuit, finer.chunk(), 2000).allFinite());
  for (const Index p : {1, 2}) EXPECT_LT((followed.state(p).state - finer.state(p).state).cwiseAbs().maxCoeff(), 2e-3);
  settle_free(solved.circuit, solved.chunk(), {Method::sweeps, 1000, 1e-9});
  EXPECT_GT((solved.state(1).state - finer.state(1).state).cwiseAbs().maxCoeff(), 0.5);
}

// From a reset next to a saddle it takes long, and comes to the right side.
TEST(Follow, LingersAtASaddle) {
  Matrix<double> x(1, 2);
  x << 1e-7, -1e-7;
  Pair<double> pair(one(3), one(3), 1, 1, x);
  reset(pair.circuit, pair.chunk());
  ASSERT_TRUE(follow_free(pair.circuit, pair.chunk(), exactly).converged);
  EXPECT_GT(pair.state(1).state(0, 0), 0.9);
  EXPECT_LT(pair.state(1).state(0, 1), -0.9);
}

TEST(Follow, OfALoopWithoutRestDoesNotConverge) {
  const Matrix<double> x = Matrix<double>::Constant(40, 2, 0.01);
  Pair<double> pair(random_matrix(40, 3, "w"), random_matrix(40, 3, "b"), 1, 1, x);
  reset(pair.circuit, pair.chunk());
  EXPECT_FALSE(follow_free(pair.circuit, pair.chunk(), exactly).converged);
}

// Of two populations it is the geometric mean of both gains, as large as the radius; slopes and bends count.
TEST(Coupling, OfAPairByHand) {
  const Matrix<double> x = one(0.1);
  EXPECT_NEAR((coupling_bound(Pair<double>(one(4), one(0.09), 1, 1, x).circuit)), 0.6, 1e-3);
  EXPECT_NEAR((coupling_bound(Pair<double>(one(4), one(4), 0.5, 0.02, x).circuit)), 0.4, 1e-3);
  Pair<double> steep(one(0.5), one(0.5), 1, 1, x);
  steep.circuit.bank(1).gain.setConstant(3);
  EXPECT_NEAR(coupling_bound(steep.circuit), 0.5 * std::sqrt(3.0), 1e-3);
  const Pair<double> bent(one(0.5), one(0.5), 1, 1, x, true, /*curvature=*/1.2);
  EXPECT_NEAR(coupling_bound(bent.circuit), 0.5 * std::cosh(1.2), 1e-3);
  EXPECT_EQ((coupling_bound(Pair<double>(one(0.5), one(0), 1, 0, x).circuit)) < 0.01, true);
  EXPECT_EQ((coupling_bound(Pair<double>(one(std::nan("")), one(0.5), 1, 1, x).circuit)),
            std::numeric_limits<double>::infinity());
}

// Large loops take iterations: through one array both ways the bound is the radius, and never below it.
TEST(Coupling, IsAsLargeAsTheRadiusWhereFeedbackIsSymmetric) {
  const Matrix<double> x = Matrix<double>::Constant(60, 1, 0.1), w = random_matrix(60, 0.4, "w");
  const Pair<double> pair(w, w.transpose(), 1, 0.3, x);
  EXPECT_NEAR(coupling_bound(pair.circuit) / spectral_radius(pair.circuit), 1, 5e-3);
  const Pair<double> random(w, random_matrix(60, 0.4, "b"), 1, 0.3, x);
  EXPECT_GT(coupling_bound(random.circuit), 1.05 * spectral_radius(random.circuit));
  Net<double> deep(layered_with(1, 0.2, {30, 20, 20, 10}), 1, 0.1);
  EXPECT_GT(coupling_bound(deep.circuit), spectral_radius(deep.circuit) * 0.999);
  EXPECT_LT(coupling_bound(deep.circuit), spectral_radius(deep.circuit) * 1.01);
}

}  // namespace
}  // namespace settle::test::follow_test
