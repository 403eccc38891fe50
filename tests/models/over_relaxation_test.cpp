// Sweeps that overshoot, on a loop of two nodes whose plain sweeps have a known contraction.
#include "models/settling/over_relaxation.h"

#include <gtest/gtest.h>

namespace settle::test {
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
  OverRelaxation relaxation(0);
  int sweeps = 0;
  while (pair.error() > error && sweeps < 10000) {
    relaxation.see(pair.sweep(relaxed ? relaxation.factor() : 1.0));
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
    OverRelaxation relaxation(0);
    for (int i = 0; i < 60; ++i) {
      const double change = pair.sweep(relaxation.factor());
      if (change < 1e-12) break;
      relaxation.see(change);
      if (i < 2 || relaxation.rate() >= 1) continue;
      const double left = change * relaxation.rate() / (1 - relaxation.rate());
      EXPECT_LT(pair.error(), 3 * left + 1e-12) << c << " after sweep " << i;
    }
    EXPECT_NEAR(relaxation.contraction(), c, 0.03) << c;
  }
}

TEST(OverRelaxation, StartsPlainAndOvershootsByWhatIsKnown) {
  OverRelaxation relaxation(0.5);
  EXPECT_EQ(relaxation.factor(), 1);
  relaxation.see(1);
  EXPECT_NEAR(relaxation.factor(), 2 / (1 + std::sqrt(0.5)), 1e-12);
}

TEST(OverRelaxation, StaysPlainWhereChangesGrow) {
  OverRelaxation relaxation(0.5);
  double change = 1;
  for (int i = 0; i < 4; ++i) relaxation.see(change *= 2);
  EXPECT_EQ(relaxation.factor(), 1);
  relaxation.see(change *= 0.5);
  EXPECT_EQ(relaxation.factor(), 1);
}

TEST(OverRelaxation, LeavesALoopAloneThatIsNone) {
  OverRelaxation relaxation(0);
  relaxation.see(1);
  EXPECT_EQ(relaxation.factor(), 1);
  EXPECT_EQ(relaxation.rate(), 0);
}

}  // namespace
}  // namespace settle::test
