// When circuits come to rest, against those whose way is known, and against the synchronous map.
#include "settle/models/settling/relaxation.h"

#include <cmath>
#include <functional>

#include "tests/models/settling/pair_loop.h"

namespace settle::test::relaxation_test {
namespace {

constexpr double tau = 10e-9;  // of a bank by default
constexpr double step = tau / 20;

// The first time at which a falling speed is at most settled_change.
double comes_to_rest_s(const std::function<double(double)>& speed) {
  double before = 0, after = 1000 * tau;
  for (int i = 0; i < 100; ++i) {
    const double middle = (before + after) / 2;
    (speed(middle) <= settled_change ? after : before) = middle;
  }
  return after;
}

// Without a loop in it, and in the linear range: s1 = x (1 - e^-t/tau), and s2 follows that.
TEST(Relaxation, OfTwoLagsByHand) {
  const double x = 5e-3, w = 0.8;
  Pair<double> pair(one(w), one(0), 1, 0, one(x), /*drives_second=*/false);
  const auto speed = [&](double t) {
    const double fall = std::exp(-t / tau);
    return x * fall * std::sqrt((1 + w * w * t * t / (tau * tau)) / 2);
  };
  EXPECT_NEAR(relax(pair.circuit, pair.chunk(), 100)[0], comes_to_rest_s(speed), 2 * step);
}

// The sum of both neurons decays with tau / (1 - rho). The integrator, exact for a lone membrane, makes that up to a
// fortieth longer.
TEST(Relaxation, OfALoopTakesAsLongAsItsSlowestMode) {
  for (const double rho : {0.2, 0.6, 0.9, 0.97}) {
    const double x = 5e-3 * (1 - rho);  // small enough to be linear
    Pair<double> pair(one(rho), one(rho), 1, 1, one(x));
    const auto expected = [&](double radius) {
      return comes_to_rest_s([&](double t) { return x * std::exp(-(1 - radius) * t / tau); });
    };
    const double time = relax(pair.circuit, pair.chunk(), 1000)[0];
    EXPECT_NEAR(time, expected(rho), 2 * step + 0.025 * expected(rho)) << rho;
    if (rho < 0.5) continue;
    EXPECT_GT(time, 1.05 * expected(0.9 * rho)) << "a tenth less would show";
  }
}

// With symmetric feedback an energy falls all the way: the circuit comes to rest where the map goes up and down.
TEST(Relaxation, OfALoopWhoseMapCycles) {
  Pair<double> pair(one(-4), one(-4), 1.0, 1.0, one(1));
  ASSERT_EQ(ending(pair.follow(100), 0), Ending::cycle);
  EXPECT_TRUE(std::isfinite(relax(pair.circuit, pair.chunk(), 200)[0]));
  // equals in all are equal at rest
  const double s = pair.state(1).state(0);
  EXPECT_NEAR(s, std::tanh(1 - 4 * s), 1e-5);
  EXPECT_NEAR(pair.state(2).state(0), s, 1e-12);
}

TEST(Relaxation, OfALargeRandomLoopDoesNotEnd) {
  const Matrix<double> x = Matrix<double>::Constant(80, 1, 0.01);
  Pair<double> pair(random_matrix(80, 3, "w"), random_matrix(80, 3, "b"), 1, 1, x);
  EXPECT_TRUE(std::isnan(relax(pair.circuit, pair.chunk(), 200)[0]));
}

TEST(Relaxation, OfStatesThatAreNoNumbersDoesNotEnd) {
  Pair<double> pair(one(std::nan("")), one(0.5), 1.0, 0.5, one(0.3));
  EXPECT_TRUE(std::isnan(relax(pair.circuit, pair.chunk(), 20)[0]));
}

// Each sample by itself, and float as double.
TEST(Relaxation, OfSamplesIsThatOfEach) {
  Matrix<double> x = Matrix<double>::Constant(4, 3, 0.2);
  x.col(1) *= 3;
  x.col(2) *= -5;
  const Matrix<double> w = random_matrix(4, 0.7, "w"), b = random_matrix(4, 0.7, "b");
  Pair<double> all(w, b, 1, 1, x);
  Pair<float> narrow(w.cast<float>(), b.cast<float>(), 1, 1, x.cast<float>());
  const Vector<double> times = relax(all.circuit, all.chunk(), 100),
                       narrow_times = relax(narrow.circuit, narrow.chunk(), 100);
  for (const Index c : {0, 1, 2}) {
    Pair<double> alone(w, b, 1, 1, x.col(c));
    EXPECT_EQ(relax(alone.circuit, alone.chunk(), 100)[0], times[c]);
    EXPECT_NEAR(narrow_times[c], times[c], 2.1 * step);
  }
  EXPECT_NE(times[0], times[1]);
}

// From the reset, next to an equilibrium that is none to stay at, a bistable pair moves too little to be seen for two
// time constants. That is no rest: it must last five.
TEST(Relaxation, LingeringAtASaddleIsNoRest) {
  constexpr double rho = 3, x = settled_change / 50;
  Pair<double> pair(one(rho), one(rho), 1, 1, one(x));
  const double lingers_s = tau * std::log(settled_change / x) / (rho - 1);
  ASSERT_GT(lingers_s, 1.5 * tau);
  ASSERT_LT(lingers_s, 4 * tau);
  EXPECT_GT(relax(pair.circuit, pair.chunk(), 200)[0], lingers_s);
  EXPECT_NEAR(pair.state(1).state(0), std::tanh(rho * pair.state(1).state(0)), 1e-3);
  EXPECT_GT(pair.state(1).state(0), 0.9);
}

}  // namespace
}  // namespace settle::test::relaxation_test
