// Curves of measured activations.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/neuron/curve.h"
#include "tests/models/neuron/activation_reference.h"

namespace settle::test::activation_curve_test {
namespace {

double value(const Curve<double>& c, double u) { return c.segment(c.find(u)).at(u); }
double slope(const Curve<double>& c, double u) { return c.segment(c.find(u)).chord(u, 0); }

TEST(Curve, TwoPointsMakeALine) {
  const Curve<double> line({{-1, -0.5}, {3, 1.5}});
  for (const double u : {-1.0, -0.999, 0.0, 0.3, 2.0, 2.999}) {
    EXPECT_NEAR(value(line, u), 0.5 * u, 1e-15);
    EXPECT_NEAR(slope(line, u), 0.5, 1e-14);
  }
}

// By hand: slopes 0 (the parabola's, at the end of 0, 1, 4), 3/2 (harmonic mean of 1 and 3) and 4.
TEST(Curve, IsTheMonotoneCubic) {
  const Curve<double> c({{0, 0}, {1, 1}, {2, 4}});
  EXPECT_NEAR(slope(c, 0), 0, 1e-13);
  EXPECT_NEAR(slope(c, 1), 1.5, 1e-13);
  EXPECT_NEAR(slope(c, 2 - 1e-12), 4, 1e-10);
  EXPECT_NEAR(value(c, 0.5), 0.3125, 1e-14);
  EXPECT_NEAR(value(c, 1.5), 2.1875, 1e-14);
}

// Intervals of 1 and 2 with slopes 1 and 1/2: 9 / (5 / 1 + 4 / (1/2)) between them.
TEST(Curve, WeighsUnevenIntervals) {
  const Curve<double> c({{0, 0}, {1, 1}, {3, 2}});
  EXPECT_NEAR(slope(c, 1), 9.0 / 13.0, 0.01);  // 1 is not on the grid
  EXPECT_NEAR(value(c, 1), 1, 1e-4);
}

TEST(Curve, PassesThroughItsPoints) {
  const Curve<double> c(measured_points());
  for (const CurvePoint& p : measured_points()) EXPECT_NEAR(value(c, p.input), p.output, 1e-4);
  std::vector<CurvePoint> even;
  for (int i = 0; i <= 30; ++i) even.push_back({-3 + 0.2 * i, std::tanh(-3 + 0.2 * i)});
  for (const CurvePoint& p : even) EXPECT_NEAR(value(Curve<double>(even), p.input), p.output, 1e-15);
}

TEST(Curve, ComesCloseToASmoothFunction) {
  std::vector<CurvePoint> points;
  for (int i = 0; i <= 60; ++i) points.push_back({-3 + 0.1 * i, std::tanh(-3 + 0.1 * i)});
  const Curve<double> c(points);
  for (double u = -2.9; u < 2.9; u += 0.013) {
    EXPECT_NEAR(value(c, u), std::tanh(u), 2e-4);
    EXPECT_NEAR(slope(c, u), 1 - std::tanh(u) * std::tanh(u), 2e-2);
  }
}

TEST(Curve, RisesWhereItsPointsDo) {
  const Curve<double> c(measured_points());
  for (double u = -4; u < 4; u += 1e-3) EXPECT_GE(slope(c, u), -1e-12) << u;
  const Curve<double> step({{0, 0}, {1, 0}, {1.01, 1}, {2, 1}});
  for (double u = -0.5; u < 2.5; u += 1e-4) {
    EXPECT_GE(slope(step, u), -1e-9) << u;
    EXPECT_LE(value(step, u), 1 + 1e-12) << u;
  }
}

TEST(Curve, IsFlatBeyondItsEnds) {
  const Curve<double> c(measured_points());
  for (const double u : {-3.0 - 1e-9, -5.0, -1e30}) EXPECT_EQ(value(c, u), -0.98);
  for (const double u : {3.1 + 1e-9, 5.0, 1e30}) EXPECT_EQ(value(c, u), 0.98);
  EXPECT_EQ(slope(c, -5), 0);
  EXPECT_EQ(slope(c, 5), 0);
}

// Value and slope are continuous, except the slope at the ends.
TEST(Curve, HasNoSteps) {
  const Curve<double> c(measured_points());
  for (Index k = 1; k < c.segments(); ++k) {
    const double knot = c.segment(k).knot;
    EXPECT_NEAR(c.segment(k - 1).at(knot), c.segment(k).at(knot), 1e-14);
    if (k == 1 || k + 1 == c.segments()) continue;
    EXPECT_NEAR(c.segment(k - 1).chord(knot, 0), c.segment(k).chord(knot, 0), 1e-12);
  }
}

TEST(Curve, ChordsDoNotCancel) {
  const Curve<double> c({{0, 0}, {1, 1}, {2, 4}});
  const auto& s = c.segment(c.find(0.5));
  EXPECT_NEAR(s.chord(0.5, 1e-3), (s.at(0.501) - s.at(0.5)) / 1e-3, 1e-12);
  EXPECT_NEAR(s.chord(0.5, 1e-300), s.chord(0.5, 0), 1e-15);
}

TEST(Curve, RefusesWhatIsNoCurve) {
  const double infinity = std::numeric_limits<double>::infinity();
  using Points = std::vector<CurvePoint>;
  for (const Points& points :
       {Points{}, Points{{0, 0}}, Points{{0, 0}, {0, 1}}, Points{{1, 0}, {0, 1}}, Points{{0, 0}, {infinity, 1}},
        Points{{0, std::nan("")}, {1, 1}}, Points{{1, 0}, {1 + 1e-14, 1}}, Points{{0, 0}, {1e-5, 1}, {1, 1}}})
    EXPECT_THROW(Curve<double>{points}, InputError);
  EXPECT_NO_THROW((Curve<double>({{1, 0}, {1.0001, 1}})));
  EXPECT_THROW((Curve<float>({{1, 0}, {1.0001, 1}})), InputError);
}

}  // namespace
}  // namespace settle::test::activation_curve_test
