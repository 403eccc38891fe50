// Sweeps that overshoot, on a loop of two nodes whose plain sweeps have a known contraction.
#include "settle/models/settling/over_relaxation.h"

#include <gtest/gtest.h>

namespace settle::test::over_relaxation_test {
namespace {

// x = 1 + a y, y = a x: plain sweeps contract by c = a^2.
struct Pair {
  double a, x = 0, y = 0;

  double sweep(double omega) {
    const double old_x = x, old_y = y;
    x += omega * (1 + a * y - x);
    y += omega * (a * x - y);
    return std::max(std::abs(x - old_x), std::abs(y - old_y));
  }
  double error() const { return std::abs(x - 1 / (1 - a * a)) * (1 - a * a); }
};

int sweeps_to(double c, double error, bool relaxed) {
  Pair pair{std::sqrt(c)};
  OverRelaxation relaxation(0, true);
  int sweeps = 0;
  while (pair.error() > error && sweeps < 10000) {
    relaxation.learn_from(pair.sweep(relaxed ? relaxation.factor() : 1.0));
    ++sweeps;
  }
  return sweeps;
}

TEST(OverRelaxation, NeedsFarFewerSweeps) {
  EXPECT_EQ(sweeps_to(0.5, 1e-6, false), 20);
  EXPECT_LE(sweeps_to(0.5, 1e-6, true), 12);
  EXPECT_GT(sweeps_to(0.9, 1e-6, false), 120);
  EXPECT_LE(sweeps_to(0.9, 1e-6, true), 36);
}

TEST(OverRelaxation, KnowsThePlainContractionAndBoundsTheError) {
  for (const double c : {0.04, 0.3, 0.7, 0.9}) {
    Pair pair{std::sqrt(c)};
    OverRelaxation relaxation(0, true);
    for (int i = 0; i < 60; ++i) {
      const double change = pair.sweep(relaxation.factor());
      if (change < 1e-12) break;
      relaxation.learn_from(change);
      if (i < 2 || relaxation.rate() >= 1) continue;
      const double left = change * relaxation.rate() / (1 - relaxation.rate());
      EXPECT_LT(pair.error(), 3 * left + 1e-12) << c << " after sweep " << i;
    }
    EXPECT_NEAR(relaxation.contraction(), c, 0.03) << c;
  }
}

TEST(OverRelaxation, StartsPlainAndOvershootsByWhatIsKnown) {
  OverRelaxation relaxation(0.5, true);
  EXPECT_EQ(relaxation.factor(), 1);
  relaxation.learn_from(1);
  EXPECT_NEAR(relaxation.factor(), 2 / (1 + std::sqrt(0.5)), 1e-12);
}

TEST(OverRelaxation, StaysPlainWhereChangesGrowOrStall) {
  for (const double growth : {2.0, 1.0, 0.97}) {
    OverRelaxation relaxation(0.5, true);
    double change = 1;
    for (int i = 0; i < 5; ++i) relaxation.learn_from(change *= growth);
    EXPECT_EQ(relaxation.factor(), 1) << growth;
    relaxation.learn_from(0.5 * change);
    EXPECT_EQ(relaxation.factor(), 1) << growth;
  }
}

// An error that grows has no contraction, so that sweeps stay plain.
TEST(OverRelaxation, WaitsUntilPlainSweepsContract) {
  OverRelaxation relaxation(0, true);
  relaxation.learn_from(1);
  relaxation.learn_from(1.2);
  EXPECT_EQ(relaxation.factor(), 1);
  relaxation.learn_from(0.6);
  EXPECT_GT(relaxation.factor(), 1);
}

// The step from a sweep that overshot to a plain one says nothing of either.
TEST(OverRelaxation, ComparesPlainSweepsWithPlainOnes) {
  OverRelaxation relaxation(0.5, true);
  for (int i = 0; i < 4; ++i) relaxation.learn_from(1);
  ASSERT_EQ(relaxation.factor(), 1);
  relaxation.learn_from(0.01);
  EXPECT_EQ(relaxation.contraction(), 0.5);
  EXPECT_EQ(relaxation.rate(), 0.5) << "not 0.01";
  relaxation.learn_from(0.006);
  EXPECT_NEAR(relaxation.contraction(), 0.6, 1e-12);
}

TEST(OverRelaxation, IsPlainWhereItIsNotAllowed) {
  OverRelaxation relaxation(0.5, false);
  for (const double change : {1.0, 0.5, 0.25}) {
    relaxation.learn_from(change);
    EXPECT_EQ(relaxation.factor(), 1);
    EXPECT_EQ(relaxation.rate(), 0.5);
  }
}

TEST(OverRelaxation, LeavesALoopAloneThatIsNone) {
  OverRelaxation relaxation(0, true);
  relaxation.learn_from(1);
  EXPECT_EQ(relaxation.factor(), 1);
  EXPECT_EQ(relaxation.rate(), 0);
}

}  // namespace
}  // namespace settle::test::over_relaxation_test
