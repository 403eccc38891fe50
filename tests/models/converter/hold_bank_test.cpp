// Hold capacitors and difference amplifiers: their formulas, and the statistics of what is drawn.
#include "settle/models/converter/hold_bank.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/converter/difference_amplifier.h"

namespace settle::test::hold_bank_test {
namespace {

constexpr Index neurons = 20000;

// Mean and deviation of a sample of normal numbers, within five standard errors.
void expect_normal(const Vector<double>& x, double mean, double deviation) {
  const double n = double(x.size());
  EXPECT_LT(std::abs(x.mean() - mean), 5 * deviation / std::sqrt(n));
  const double variance = (x.array() - x.mean()).square().mean() / (deviation * deviation);
  EXPECT_LT(std::abs(variance - 1), 5 * std::sqrt(2 / n));
}

TEST(HoldBank, NoiseIsThatOfItsCapacitor) {
  ChipSpec chip;
  EXPECT_EQ(HoldBank({}, chip, 1, "p", 1).noise(), 0);
  HoldSpec spec;
  spec.thermal_noise = ThermalNoise::capacitor;
  EXPECT_NEAR(HoldBank(spec, chip, 1, "p", 1).noise(), 203.5e-6 / 0.4, 0.1e-6);  // 100 fF at 300 K
  chip.temperature_k = 1200;
  chip.hold_capacitance_f = 400e-15;
  chip.neuron_full_scale_v = 0.2;
  EXPECT_NEAR(HoldBank(spec, chip, 1, "p", 1).noise(), 203.5e-6 / 0.2, 0.1e-6);
}

TEST(HoldBank, FallsInProportionToTheTime) {
  ChipSpec chip;
  chip.adc_columns = 4;
  chip.adc_rate_hz = 1e6;
  HoldSpec spec;
  spec.leakage_a = 1e-12;
  const HoldBank bank(spec, chip, 10, "p", 1);
  for (const double seconds : {0.0, 1e-6, 5e-3})
    for (Index i = 0; i < 10; ++i) {
      const double volts = 1e-12 * (seconds + double(i % 4) * 1e-6) / 100e-15;
      EXPECT_NEAR(bank.shift(seconds)[i], -volts / 0.4, 1e-6 * volts);
    }
}

TEST(HoldBank, PedestalIsChargeOverCapacitance) {
  HoldSpec spec;
  spec.injection_c = -2e-16;  // 2 mV of 0.4 V
  const HoldBank bank(spec, ChipSpec{}, 10, "p", 1);
  ASSERT_TRUE(bank.moves());
  for (Index i = 0; i < 10; ++i) EXPECT_NEAR(bank.shift(1.0)[i], -2e-16 / 100e-15 / 0.4, 1e-9);
  EXPECT_FALSE(HoldBank({}, ChipSpec{}, 10, "p", 1).moves());
}

TEST(HoldBank, MismatchHasItsDeviation) {
  HoldSpec leaky;
  leaky.leakage_a = 1e-12;
  leaky.leakage_mismatch = 0.5;
  const Vector<double> fall = -HoldBank(leaky, ChipSpec{}, neurons, "p", 1).shift(1.0).cast<double>();
  expect_normal((fall * 0.4 * 100e-15 / 1e-12).array().log(), 0, 0.5);
  HoldSpec charged;
  charged.injection_c = 1e-15;
  charged.injection_mismatch = 0.1;
  const Vector<double> pedestal = HoldBank(charged, ChipSpec{}, neurons, "p", 1).shift(0).cast<double>();
  expect_normal(pedestal * 0.4 * 100e-15 / 1e-15, 1, 0.1);
}

Matrix<float> amplified(const AmplifierSpec& spec, Index rows, Index cols, float value, float per_scale,
                        std::uint64_t sample = 0, double own_variance = 0, float in_use = 1) {
  Matrix<float> d = Matrix<float>::Constant(rows, cols, value);
  DifferenceAmplifier(spec, own_variance, rows, "p", 1).apply(columns(d, 0, cols), in_use, per_scale, sample, 0);
  return d;
}

AmplifierSpec amplifier(double offset, double gain_error, double noise) {
  AmplifierSpec spec;
  spec.offset = offset;
  spec.gain_error = gain_error;
  spec.noise = noise;
  return spec;
}

TEST(DifferenceAmplifier, IsExactWithoutErrors) {
  EXPECT_TRUE((amplified({}, 10, 10, 0.3f, 1e6f).array() == 0.3f).all());
}

TEST(DifferenceAmplifier, OffsetAndGainAreDrawnOnce) {
  const Matrix<float> offset = amplified(amplifier(1e-3, 0, 0), neurons, 2, 0.25f, 100.0f);
  EXPECT_TRUE(offset.col(0) == offset.col(1));
  expect_normal(offset.col(0).cast<double>(), 0.25, 1e-3 * 100);  // in units of the scale
  const Matrix<float> gain = amplified(amplifier(0, 0.02, 0), neurons, 2, 0.25f, 100.0f);
  EXPECT_TRUE(gain.col(0) == gain.col(1));
  expect_normal(gain.col(0).cast<double>(), 0.25, 0.02 * 0.25);
}

TEST(DifferenceAmplifier, NoiseIsOfEachReading) {
  const Matrix<float> noise = amplified(amplifier(0, 0, 2e-3), 1000, 60, 0.0f, 10.0f);
  for (const Index c : {0, 30}) expect_normal(noise.col(c).cast<double>(), 0, 0.02);
  expect_normal(Eigen::Map<const Vector<float>>(noise.data(), noise.size()).cast<double>(), 0, 0.02);
  EXPECT_TRUE(amplified(amplifier(0, 0, 2e-3), 1000, 20, 0.0f, 10.0f, 40) == noise.rightCols(20));
}

// 2 k T / C at a gain of one: sqrt(2 * 1.380649e-23 * 300 / 100e-15) = 287.8 uV; a gain of 64 leaves an eighth.
TEST(DifferenceAmplifier, TransistorsHaveNoiseThatTheGainDivides) {
  const AmplifierSpec spec = amplifier(0, 0, 3e-4);
  const double own_v2 = own_noise_v2(spec, 300);
  EXPECT_NEAR(std::sqrt(own_v2), 287.8e-6, 1e-7);
  const Matrix<float> noise = amplified(spec, 1000, 60, 0.0f, 10.0f, 0, own_v2 / (0.4 * 0.4), 64);
  const double rms = 10 * std::sqrt(3e-4 * 3e-4 + 287.8e-6 * 287.8e-6 / 0.16 / 64);
  expect_normal(Eigen::Map<const Vector<float>>(noise.data(), noise.size()).cast<double>(), 0, rms);
}

TEST(DifferenceAmplifier, GainAppliesToOffsetAndNoise) {
  const Matrix<float> all = amplified(amplifier(1e-2, 0.1, 1e-3), 50, 3, 0.5f, 1.0f);
  const Matrix<float> input = amplified(amplifier(1e-2, 0, 1e-3), 50, 3, 0.5f, 1.0f);
  const Matrix<float> gain = amplified(amplifier(0, 0.1, 0), 50, 3, 1.0f, 1.0f);
  EXPECT_TRUE(all.isApprox(input.cwiseProduct(gain), 1e-6f));
}

}  // namespace
}  // namespace settle::test::hold_bank_test
