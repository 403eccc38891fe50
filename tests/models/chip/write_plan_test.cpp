#include "settle/models/chip/write_plan.h"

#include <cmath>

#include <boost/random/normal_distribution.hpp>
#include <gtest/gtest.h>

#include "settle/models/numeric/random.h"

namespace settle::test::write_plan_test {
namespace {

constexpr double noise = 4;
constexpr int rounds = 6, devices = 40000;
constexpr double start = 100;

// The mean square error after as many rounds, of devices that are written to by `pulses`(distance, rounds left).
template <class Pulses>
double written(const Pulses& pulses) {
  Engine engine(Stream(1, "writing", Purpose::test));
  boost::random::normal_distribution<double> normal;
  double squares = 0;
  for (int d = 0; d < devices; ++d) {
    double error = start;
    for (int left = rounds; left > 0; --left) {
      const double n = pulses(std::abs(error), left);
      error -= std::copysign(n, error) + noise * std::sqrt(n) * normal(engine);
    }
    squares += error * error / devices;
  }
  return squares;
}

TEST(WritePlan, LeavesWhatItPromises) {
  WritePlan plan(noise);
  const double left = written([&](double distance, int rounds_left) { return plan.pulses(distance, rounds_left); });
  EXPECT_NEAR(left / plan.left(start, rounds), 1, 0.05);
}

TEST(WritePlan, BeatsSimplerRules) {
  WritePlan plan(noise);
  const double best = plan.left(start, rounds);
  EXPECT_GT(written([](double distance, int) { return std::rint(distance); }), 1.5 * best) << "all that is lacking";
  EXPECT_GT(written([](double distance, int) { return std::max(1.0, std::rint(distance - 0.5 * noise * noise)); }),
            1.1 * best)
      << "the best of a single round, and one pulse at least";
}

TEST(WritePlan, OfQuietDevicesSendsWhatIsLacking) {
  WritePlan plan(0.01);
  EXPECT_NEAR(plan.pulses(40, 1), 40, 2);  // as near as the grid of distances
  EXPECT_EQ(plan.pulses(1, 3), 1);
  EXPECT_EQ(plan.pulses(0.3, 3), 0);
  EXPECT_LT(plan.left(40, 5), 0.1);
}

TEST(WritePlan, MoreRoundsLeaveLess) {
  WritePlan plan(noise);
  for (int r = 0; r < 20; ++r) EXPECT_LT(plan.left(start, r + 1), plan.left(start, r)) << r;
  EXPECT_NEAR(plan.left(start, 0), start * start, 0.01 * start * start);  // between two points of the grid
}

}  // namespace
}  // namespace settle::test::write_plan_test
