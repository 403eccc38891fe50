// The way of the map against loops of two neurons worked out by hand, against the solver, and a chaotic network.
#include "settle/models/settling/trajectory.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/models/settling/pair_loop.h"

namespace settle::test::trajectory_test {
namespace {

// Small states are linear: s1[t] and s2[t] follow from each other's last, and each step's changes are the last ones
// exchanged: by alpha w one way and beta b the other.
TEST(Trajectory, OfTwoLinearNeuronsByHand) {
  const double x = 1e-3, forward = 0.9 * 0.8, backward = 0.5 * 0.8;
  const Trajectory way = Pair<double>(one(0.8), one(0.8), 0.9, 0.5, one(x)).follow(8);
  double d1 = x, d2 = x;
  for (Index t = 0; t <= 8; ++t) {
    EXPECT_NEAR(way.rms(t, 0) / std::sqrt((d1 * d1 + d2 * d2) / 2), 1, 1e-4) << t;
    EXPECT_NEAR(way.largest(t, 0) / std::max(d1, d2), 1, 1e-4) << t;
    const double last = d1;
    d1 = backward * d2;
    d2 = forward * last;
  }
  EXPECT_NEAR(late_contraction(way, 0), std::sqrt(forward * backward), 1e-4);
}

TEST(Trajectory, ContractsLateByTheRadiusAtEquilibrium) {
  Pair<double> pair(one(0.9), one(0.9), 1.0, 0.8, one(0.4));
  const Trajectory way = pair.follow(40);
  const double radius = pair.settled_radius();
  const double s1 = pair.state(1).state(0), s2 = pair.state(2).state(0);
  EXPECT_NEAR(radius, 0.9 * std::sqrt(0.8 * (1 - s1 * s1) * (1 - s2 * s2)), 1e-12);
  EXPECT_NEAR(std::sqrt(way.rms(16, 0) / way.rms(14, 0)) / radius, 1, 1e-3);
  EXPECT_EQ(ending(way, 0), Ending::settled);
  const Index t = convergence_step(way, 0);
  EXPECT_LT(way.rms(t, 0), settled_change);
  EXPECT_GE(way.rms(t - 1, 0), settled_change);
}

TEST(Trajectory, LyapunovExponentOfASettledLoopIsTheLogarithmOfItsRadius) {
  Pair<double> pair(random_matrix(5, 0.9, "w"), random_matrix(5, 0.9, "b"), 1.0, 0.9,
                    Matrix<double>::Constant(5, 1, 0.3));
  const double exponent = pair.follow(4000).lyapunov[0];
  EXPECT_NEAR(exponent / std::log(pair.settled_radius()), 1, 0.01);
}

// Each neuron holds the other down, and both move at once: up, down, up.
TEST(Trajectory, StrongInhibitionEndsInACycle) {
  Pair<double> pair(one(-4), one(-4), 1.0, 1.0, one(1));
  const Trajectory way = pair.follow(100);
  EXPECT_EQ(ending(way, 0), Ending::cycle);
  EXPECT_EQ(convergence_step(way, 0), -1);
  EXPECT_GT(way.rms(100, 0), 1.5);
  EXPECT_LT(way.rms_of_two(100, 0), 1e-9);
  EXPECT_LT(way.lyapunov[0], 0);  // the cycle is stable
}

TEST(Trajectory, ASlowApproachThatAlternatesIsNoCycle) {
  const Trajectory way = Pair<double>(one(-0.98), one(-0.98), 1.0, 1.0, one(0.01)).follow(100);
  EXPECT_LT(way.rms_of_two(100, 0), 0.1 * way.rms(100, 0));
  EXPECT_EQ(ending(way, 0), Ending::neither);
  EXPECT_LT(late_contraction(way, 0), 1);
}

// Above a gain of one, large random networks without input are chaotic (Sompolinsky, Crisanti, Sommers 1988).
TEST(Trajectory, AStrongRandomNetworkIsChaotic) {
  const Matrix<double> x = Matrix<double>::Constant(80, 1, 0.01);
  const Trajectory way = Pair<double>(random_matrix(80, 3, "w"), random_matrix(80, 3, "b"), 1, 1, x).follow(400);
  EXPECT_GT(way.lyapunov[0], 0.1);
  EXPECT_EQ(ending(way, 0), Ending::neither);
}

TEST(Trajectory, OfStatesThatAreNoNumbersDiverges) {
  const Trajectory way = Pair<double>(one(std::nan("")), one(0.5), 1.0, 0.5, one(0.3)).follow(10);
  EXPECT_EQ(ending(way, 0), Ending::diverged);
  EXPECT_EQ(convergence_step(way, 0), -1);
}

// From zero a layered loop walks two ways at once: the second population at odd steps follows the first at even ones,
// and the other way round. Where a neuron of drive zero stays at zero, one of them walks where the other has been, a
// step later, so that with symmetric feedback both end in one equilibrium; offsets part them.
TEST(Trajectory, OfASymmetricLoopEndsInACycleOnlyWhereOffsetsPartItsTwoWays) {
  const Matrix<double> w = random_matrix(20, 3, "w"), x = Matrix<double>::Constant(20, 1, 0.2);
  Pair<double> centred(w, w.transpose(), 1, 1, x, /*drives_second=*/false);
  EXPECT_EQ(ending(centred.follow(2000), 0), Ending::settled);
  Pair<double> shifted(w, w.transpose(), 1, 1, x, /*drives_second=*/false);
  for (const Index p : {1, 2}) shifted.circuit.bank(p).shift = random_matrix(20, 1, "shift").col(0);
  EXPECT_EQ(ending(shifted.follow(2000), 0), Ending::cycle);
}

TEST(Trajectory, WithoutALoopPerturbationsDieOut) {
  const Trajectory way = Pair<double>(one(0.8), one(0), 1.0, 0.0, one(0.3)).follow(10);
  EXPECT_EQ(convergence_step(way, 0), 2);
  EXPECT_EQ(way.lyapunov[0], -std::numeric_limits<double>::infinity());
}

// The sum of all steps is where the solver's map ends; devices that are not linear, and float, included.
TEST(Trajectory, TakesTheSolversSteps) {
  for (const double curvature : {0.0, 0.8}) {
    const Matrix<double> x = Matrix<double>::Constant(6, 2, 0.2) + 0.1 * Matrix<double>::Identity(6, 2);
    Pair<double> pair(random_matrix(6, 1, "w"), random_matrix(6, 1, "b"), 1, 0.7, x, true, curvature);
    Pair<float> narrow(pair.w().cast<float>(), pair.b().cast<float>(), 1, 0.7, x.cast<float>(), true, curvature);
    const Trajectory way = pair.follow(8), narrow_way = narrow.follow(8);
    std::vector<Matrix<double>> before(2, Matrix<double>::Zero(6, 2));
    for (Index t = 0; t <= 8; ++t) {
      settle_free(pair.circuit, pair.chunk(), {Method::map, int(t) + 1, 0});
      Vector<double> squares = Vector<double>::Zero(2);
      for (const std::size_t i : {0u, 1u}) {
        squares += (pair.state(Index(i) + 1).state - before[i]).colwise().squaredNorm().transpose();
        before[i] = pair.state(Index(i) + 1).state;
      }
      for (const Index sample : {0, 1}) {
        EXPECT_NEAR(way.rms(t, sample), std::sqrt(squares[sample] / 12), 1e-12);
        EXPECT_NEAR(narrow_way.rms(t, sample), way.rms(t, sample), 1e-6);
      }
    }
  }
}

// It alternates, and two steps take it nearly to where it was: but each time it is nearer to its rest.
TEST(Trajectory, SlowAlternatingApproachIsNoCycle) {
  constexpr Index steps = 1000;
  Trajectory slow;
  slow.rms.resize(steps + 1, 1);
  slow.rms_of_two.resize(steps + 1, 1);
  for (const double ratio : {0.995, 1.0}) {
    for (Index t = 0; t <= steps; ++t) {
      slow.rms(t, 0) = 0.04 * std::pow(ratio, double(t));
      slow.rms_of_two(t, 0) = slow.rms(t, 0) * (1 - ratio);
    }
    EXPECT_EQ(ending(slow, 0), ratio < 1 ? Ending::neither : Ending::cycle);
  }
}

}  // namespace
}  // namespace settle::test::trajectory_test
