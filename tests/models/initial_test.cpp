// Initial weights: Glorot and Bengio's uniform distribution.
#include "models/network/initial.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

// How far the weights' variance is from that of a uniform distribution within the limit, in standard deviations.
double variance_off(const Matrix<float>& weights, double limit) {
  const double n = double(weights.size());
  return (double(weights.cast<double>().squaredNorm()) / n / (limit * limit / 3) - 1) / std::sqrt(0.8 / n);
}

TEST(Initial, WeightsAreUniformWithinTheLimit) {
  const double limit = glorot_limit(200, 100);
  EXPECT_DOUBLE_EQ(limit, std::sqrt(6.0 / 300));
  const Matrix<float> weights = glorot_uniform(200, 100, Stream(1, "w", Purpose::initial_weights));
  EXPECT_LE(weights.cwiseAbs().maxCoeff(), float(limit));
  EXPECT_GT(weights.cwiseAbs().maxCoeff(), 0.999f * float(limit));
  EXPECT_LT(std::abs(weights.cast<double>().sum()) / std::sqrt(20000 * limit * limit / 3), 5);
  EXPECT_LT(std::abs(variance_off(weights, limit)), 5);
  EXPECT_LT(variance_off(weights, 1.1 * limit), -5);
}

TEST(Initial, WeightsFollowTheirStream) {
  const auto weights = [](const char* name) { return glorot_uniform(5, 6, Stream(1, name, Purpose::initial_weights)); };
  EXPECT_EQ(weights("a"), weights("a"));
  EXPECT_NE(weights("a"), weights("b"));
}

}  // namespace
}  // namespace settle::test
