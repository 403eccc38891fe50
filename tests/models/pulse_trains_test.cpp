// Stochastic pulse trains: what their coincidences add up to.
#include <cmath>

#include <gtest/gtest.h>

#include "models/learning/pulse_count.h"

namespace settle::test {
namespace {

constexpr double weight_step = 0.002;

Vector<float> values(Index n, float largest) {
  Vector<float> v(n);
  for (Index i = 0; i < n; ++i) v[i] = largest * float(i + 1) / float(n) * (i % 3 ? 1.0f : -1.0f);
  return v;
}
const Vector<float> pre = values(20, 0.8f), post = values(15, 0.05f);

PulseTrains trains() { return PulseTrains(Stream(1, "trains", Purpose::pulse_trains)); }

// The rate at which the largest elements ask for k pulses.
double rate_for(double k) { return k * weight_step / (0.8 * 0.05); }

// The sum of counts along rate post pre^T over what it should be, its mean over samples and the mean's deviation.
struct Ratio {
  double mean, error;
};
Ratio ratio_of(double k, double claimed_k, int samples) {
  const Matrix<double> wanted =
      rate_for(claimed_k) / weight_step * post.cast<double>() * pre.cast<double>().transpose();
  Matrix<float> counts;
  double sum = 0, squares = 0;
  for (int s = 0; s < samples; ++s) {
    trains().coincide(pre, post, rate_for(k), weight_step, std::uint64_t(s), counts);
    const double r = counts.cast<double>().cwiseProduct(wanted).sum() / wanted.squaredNorm();
    sum += r;
    squares += r * r;
  }
  const double mean = sum / samples;
  return {mean, std::sqrt((squares / samples - mean * mean) / samples)};
}

TEST(PulseTrains, AddUpToTheOuterProduct) {
  const std::pair<double, int> cases[] = {{0.3, 60000}, {1.0, 30000}, {5.5, 20000}, {30.9, 10000}};
  for (const auto& [k, samples] : cases) {
    const Ratio ratio = ratio_of(k, k, samples);
    EXPECT_LT(5 * ratio.error, 0.05) << "too few samples to tell";
    EXPECT_NEAR(ratio.mean, 1, 5 * ratio.error) << k;
  }
}

TEST(PulseTrains, ATenthMoreWouldShow) {
  const Ratio ratio = ratio_of(5.5, 5.0, 2000);
  EXPECT_GT(ratio.mean - 1, 5 * ratio.error);
}

TEST(PulseTrains, EachDeviceHasItsOwnMean) {
  constexpr int samples = 20000;
  const double k = 5.5;
  Matrix<double> sum = Matrix<double>::Zero(post.size(), pre.size());
  Matrix<float> counts;
  for (int s = 0; s < samples; ++s) {
    trains().coincide(pre, post, rate_for(k), weight_step, std::uint64_t(s), counts);
    sum += counts.cast<double>();
  }
  const Matrix<double> wanted = rate_for(k) / weight_step * post.cast<double>() * pre.cast<double>().transpose();
  for (Index i = 0; i < sum.size(); ++i)  // counts are binomial: their variance is below their mean
    EXPECT_NEAR(sum(i) / samples, wanted(i), 5 * std::sqrt(std::abs(wanted(i)) / samples)) << i;
}

TEST(PulseTrains, HaveTheSignOfTheProduct) {
  Matrix<float> counts;
  trains().coincide(pre, post, rate_for(30), weight_step, 0, counts);
  EXPECT_GE((counts.array() * (post * pre.transpose()).array()).minCoeff(), 0.0f);
  EXPECT_LT(counts.minCoeff(), 0.0f);
  EXPECT_GT(counts.maxCoeff(), 0.0f);
}

TEST(PulseTrains, TakeAsManySlotsAsTheyNeed) {
  Matrix<float> counts;
  const auto slots = [&](double k) { return trains().coincide(pre, post, rate_for(k), weight_step, 0, counts); };
  EXPECT_EQ(slots(0.1), 1);
  EXPECT_EQ(slots(4.5), 5);
  EXPECT_EQ(slots(30.5), 31);
  EXPECT_EQ(slots(100), 31);
  EXPECT_LE(counts.cwiseAbs().maxCoeff(), 31.0f);
}

// Beyond 31 pulses the largest elements fire in every slot.
TEST(PulseTrains, Saturate) {
  Matrix<float> counts;
  trains().coincide(pre, post, rate_for(32), weight_step, 0, counts);
  EXPECT_EQ(std::abs(counts(post.size() - 1, pre.size() - 1)), 31.0f);
}

TEST(PulseTrains, OfNothingAreNothing) {
  Matrix<float> counts;
  EXPECT_EQ(trains().coincide(Vector<float>::Zero(3), post, 1.0, weight_step, 0, counts), 0);
  EXPECT_EQ(counts, (Matrix<float>::Zero(post.size(), 3)));
  EXPECT_EQ(trains().coincide(pre, Vector<float>::Zero(2), 1.0, weight_step, 0, counts), 0);
  EXPECT_EQ(counts, (Matrix<float>::Zero(2, pre.size())));
}

TEST(PulseTrains, FollowTheSampleAlone) {
  Matrix<float> first, again, other;
  trains().coincide(pre, post, rate_for(10), weight_step, 7, first);
  trains().coincide(pre, post, rate_for(10), weight_step, 7, again);
  trains().coincide(pre, post, rate_for(10), weight_step, 8, other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace settle::test
