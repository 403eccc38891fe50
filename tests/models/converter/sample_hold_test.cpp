#include "settle/models/converter/sample_hold.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test::sample_hold_test {
namespace {

constexpr Index neurons = 500, samples = 60;
const double noise = std::sqrt(1.380649e-23 * 300 / 100e-15) / 0.4;  // k T / C over full scale
const Block block{samples, 20, 0, 1};

SampleHold hold_of(const HoldSpec& spec) {
  return {HoldBank(spec, ChipSpec{}, neurons, "population", 1), "population", 1};
}

SampleHold noisy_hold() {
  HoldSpec spec;
  spec.thermal_noise = ThermalNoise::capacitor;
  return hold_of(spec);
}

Matrix<float> some_state() {
  Matrix<float> state(neurons, samples);
  for (Index i = 0; i < state.size(); ++i) state(i) = std::sin(float(i));
  return state;
}

// Mean zero and this deviation, within five standard errors.
void expect_noise(const Matrix<double>& m, double deviation) {
  const double n = double(m.size());
  EXPECT_LE(std::abs(m.mean()), 5 * deviation / std::sqrt(n));
  EXPECT_LE(std::abs(m.squaredNorm() / n / (deviation * deviation) - 1), 5 * std::sqrt(2 / n));
}

double correlation(const Matrix<double>& a, const Matrix<double>& b) {
  return a.cwiseProduct(b).sum() / (a.norm() * b.norm());
}

TEST(SampleHold, NoiseHasItsVarianceInEachPhase) {
  SampleHold hold = noisy_hold();
  const Matrix<float> state = some_state(), change = Matrix<float>::Zero(neurons, samples);
  Matrix<float> difference;
  hold.hold(block, state);
  hold.subtract(block, state, change, 1, 0, difference);
  const Matrix<double> free = (hold.held() - state).cast<double>();
  const Matrix<double> clamped = difference.cast<double>() + free;
  expect_noise(free, noise);
  expect_noise(clamped, noise);
  expect_noise(difference.cast<double>(), noise * std::sqrt(2.0));
  EXPECT_LE(std::abs(correlation(free, clamped)), 5 / std::sqrt(double(free.size())));
  const Index half = neurons / 2;
  EXPECT_LE(std::abs(correlation(free.topRows(half), free.bottomRows(half))), 5 / std::sqrt(double(half * samples)));
  EXPECT_LE(std::abs(correlation(free.leftCols(samples - 1), free.rightCols(samples - 1))),
            5 / std::sqrt(double(free.size())));
}

// Noise belongs to the sample's number, wherever in a block the sample comes.
TEST(SampleHold, NoiseBelongsToTheSample) {
  SampleHold hold = noisy_hold();
  const Matrix<float> zero = Matrix<float>::Zero(neurons, samples);
  hold.hold(block, zero);
  const Matrix<float> from_zero = hold.held();
  hold.hold({samples, 20, 10, 1}, zero);
  EXPECT_TRUE(hold.held().leftCols(samples - 10) == from_zero.rightCols(samples - 10));
}

// The difference is in units of the scale, and so is its noise.
TEST(SampleHold, NoiseIsDividedByTheScale) {
  SampleHold hold = noisy_hold();
  constexpr double scale = 1e-3;
  const Matrix<float> state = some_state(), change = state.reverse();
  Matrix<float> difference;
  hold.hold(block, state);
  hold.subtract(block, state, change, scale, 0, difference);
  expect_noise((difference - change).cast<double>(), noise * std::sqrt(2.0) / scale);
}

TEST(SampleHold, DifferenceIsExactWithoutNoise) {
  SampleHold hold = hold_of({});
  constexpr double scale = 1e-9;  // beyond what the difference of two floats near one can hold
  const Matrix<float> state = some_state(), change = state.reverse();
  Matrix<float> difference;
  hold.hold(block, state);
  hold.subtract(block, state, change, scale, 0, difference);
  EXPECT_TRUE(hold.held() == state);
  EXPECT_TRUE(difference == change);  // in units of the scale
}

// A small difference keeps its digits beside a pedestal and droop that are much larger.
TEST(SampleHold, HeldStatesMoveAndDrivenOnesDoNot) {
  HoldSpec spec;
  spec.leakage_a = 1e-9;
  spec.injection_c = 1e-15;
  SampleHold hold = hold_of(spec);
  constexpr double scale = 1e-6, seconds = 1e-6;
  const Vector<float> shift = HoldBank(spec, ChipSpec{}, neurons, "population", 1).shift(seconds);
  EXPECT_NEAR(shift[0], (1e-15 - 1e-9 * seconds) / (100e-15 * 0.4), 1e-9);
  EXPECT_NEAR(shift[7] - shift[0], -1e-9 * 7 / 100e6 / (100e-15 * 0.4), 1e-8);
  const Matrix<float> state = some_state(), change = state.reverse();
  Matrix<float> difference, held;
  hold.hold(block, state);
  hold.read(block, seconds, held);
  EXPECT_TRUE(held == (state.colwise() + shift));
  hold.subtract(block, state, change, scale, seconds, difference);
  const Matrix<float> seen = difference.colwise() + 1e6f * shift;
  EXPECT_TRUE(seen.isApprox(change, 0.01f)) << (seen - change).norm();
}

// The free sample is one for both signs of a nudge, the clamped ones have noise of their own.
TEST(SampleHold, EachReadingIsASampleOfItsOwn) {
  SampleHold hold = noisy_hold();
  const Matrix<float> zero = Matrix<float>::Zero(neurons, samples);
  Matrix<float> first, second;
  hold.hold(block, zero);
  hold.subtract(block, zero, zero, 1, 0, first);
  hold.subtract(block, zero, zero, 1, 0, second);
  expect_noise((first - second).cast<double>(), noise * std::sqrt(2.0));
}

}  // namespace
}  // namespace settle::test::sample_hold_test
