// Initial weights: the distributions' variances and what each promises beside.
#include "settle/models/network/initial.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/error.h"

namespace settle::test::initial_test {
namespace {

double mean_square(const Matrix<float>& weights) {
  return double(weights.cast<double>().squaredNorm()) / double(weights.size());
}

// How far the weights' variance is from that of a uniform distribution within the limit, in standard deviations.
double variance_off(const Matrix<float>& weights, double limit) {
  return (mean_square(weights) / (limit * limit / 3) - 1) / std::sqrt(0.8 / double(weights.size()));
}

void expect_uniform_within(double limit, const Matrix<float>& weights) {
  EXPECT_LE(weights.cwiseAbs().maxCoeff(), float(limit));
  EXPECT_GT(weights.cwiseAbs().maxCoeff(), 0.999f * float(limit));
  EXPECT_LT(std::abs(weights.cast<double>().sum()) / std::sqrt(double(weights.size()) * limit * limit / 3), 5);
  EXPECT_LT(std::abs(variance_off(weights, limit)), 5);
  EXPECT_LT(variance_off(weights, 1.1 * limit), -5);
}

Matrix<float> draw(const std::string& name, Index targets, Index sources, const char* stream = "w") {
  return initial(name).draw(targets, sources, Stream(1, stream, Purpose::initial_weights));
}

TEST(Initial, GlorotIsUniformWithinTheLimit) {
  const double limit = glorot_limit(200, 100);
  EXPECT_DOUBLE_EQ(limit, std::sqrt(6.0 / 300));
  expect_uniform_within(limit, draw("glorot", 200, 100));
}

TEST(Initial, HeCountsTheSourcesAlone) {
  expect_uniform_within(std::sqrt(6.0 / 100), draw("he", 200, 100));
  expect_uniform_within(std::sqrt(6.0 / 200), draw("he", 100, 200));
}

TEST(Initial, OrthogonalRowsOrColumnsAreOrthonormal) {
  const auto off = [](const Matrix<float>& gram) {
    return (gram - Matrix<float>::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff();
  };
  const Matrix<float> tall = draw("orthogonal", 90, 60), wide = draw("orthogonal", 60, 90);
  EXPECT_LT(off(tall.transpose() * tall), 1e-5f);
  EXPECT_LT(off(wide * wide.transpose()), 1e-5f);
  EXPECT_NEAR(mean_square(tall), 1.0 / 90, 1e-6);
  EXPECT_NEAR(mean_square(wide), 1.0 / 90, 1e-6);
}

// A matrix that prefers no direction has elements of mean zero, and the trace of an n x n one has variance one
// (Diaconis and Shahshahani 1994). Without the signs of R's diagonal the trace would be near -n / sqrt(n).
TEST(Initial, OrthogonalPrefersNoDirection) {
  constexpr int count = 100;
  double traces = 0, squares = 0;
  for (int i = 0; i < count; ++i) {
    const double trace = double(draw("orthogonal", 20, 20, std::to_string(i).c_str()).trace());
    traces += trace;
    squares += trace * trace;
  }
  EXPECT_LT(std::abs(traces / std::sqrt(double(count))), 5);
  EXPECT_LT(std::abs(squares / count - 1), 5 * std::sqrt(2.0 / count));
}

TEST(Initial, AllFollowTheirStreamAndHaveTheShapeAskedFor) {
  for (const InitialFamily& family : initials()) {
    EXPECT_EQ(draw(family.name, 5, 6, "a"), draw(family.name, 5, 6, "a")) << family.name;
    EXPECT_NE(draw(family.name, 5, 6, "a"), draw(family.name, 5, 6, "b")) << family.name;
    EXPECT_EQ(draw(family.name, 5, 6).rows(), 5) << family.name;
    EXPECT_EQ(draw(family.name, 5, 6).cols(), 6) << family.name;
  }
}

TEST(Initial, UnknownNamesAreRefused) { EXPECT_THROW(initial("nonesuch"), InputError); }

}  // namespace
}  // namespace settle::test::initial_test
