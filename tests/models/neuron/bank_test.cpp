// Banks of neurons: their mismatch as drawn.
#include "settle/models/neuron/bank.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test::bank_test {
namespace {

constexpr Index neurons = 20000;

BankSpec mismatched(double gain, double offset) {
  BankSpec spec;
  spec.gain_mismatch = gain;
  spec.offset_mismatch = offset;
  return spec;
}

// How far a sample's mean and standard deviation are from those of a normal law, in standard deviations.
double mean_off(const Vector<double>& v, double mean, double sigma) {
  return (v.mean() - mean) / sigma * std::sqrt(double(v.size()));
}
double spread_off(const Vector<double>& v, double sigma) {
  const double variance = (v.array() - v.mean()).square().mean();
  return (variance / (sigma * sigma) - 1) * std::sqrt(double(v.size()) / 2);
}

TEST(Bank, MismatchIsWhatWasAskedFor) {
  const Bank<double> bank = make_bank<double>(mismatched(0.05, 0.02), neurons, "bank", 1);
  const Vector<double> offset = bank.shift.cwiseQuotient(bank.gain);
  EXPECT_LT(std::abs(mean_off(bank.gain, 1.0, 0.05)), 5);
  EXPECT_LT(std::abs(spread_off(bank.gain, 0.05)), 5);
  EXPECT_LT(std::abs(mean_off(offset, 0.0, 0.02)), 5);
  EXPECT_LT(std::abs(spread_off(offset, 0.02)), 5);
  EXPECT_LT(std::abs((bank.gain.array() - 1).matrix().dot(offset)) / (0.05 * 0.02) / std::sqrt(double(neurons)), 5);
}

TEST(Bank, ATenthMoreMismatchWouldShow) {
  const Bank<double> bank = make_bank<double>(mismatched(0.055, 0.022), neurons, "bank", 1);
  EXPECT_GT(spread_off(bank.gain, 0.05), 5);
  EXPECT_GT(spread_off(bank.shift.cwiseQuotient(bank.gain), 0.02), 5);
}

TEST(Bank, TimeConstantsAndSaturationSpreadAsAsked) {
  BankSpec spec;
  spec.tau_mismatch = 0.2;
  spec.saturation_mismatch = 0.1;
  const Bank<double> bank = make_bank<double>(spec, neurons, "bank", 1);
  const Vector<double> tau = (bank.tau_s.array() / spec.tau_s).log(), amplitude = bank.amplitude.array().log();
  EXPECT_LT(std::abs(mean_off(tau, 0, 0.2)), 5);
  EXPECT_LT(std::abs(spread_off(tau, 0.2)), 5);
  EXPECT_GT(spread_off(tau, 0.2 / 1.1), 5);
  EXPECT_LT(std::abs(mean_off(amplitude, 0, 0.1)), 5);
  EXPECT_LT(std::abs(spread_off(amplitude, 0.1)), 5);
  EXPECT_GT(spread_off(amplitude, 0.1 / 1.1), 5);
  EXPECT_LT(std::abs(tau.dot(amplitude)) / (0.2 * 0.1) / std::sqrt(double(neurons)), 5);
}

// kappa V / 2 U_T with V the full scale for a drive of one: a tenth more kelvin is a tenth less gain.
TEST(Bank, OtaHasTheGainOfItsTemperature) {
  NeuronSpec neuron;
  neuron.kappa = 0.6;
  ChipSpec chip;
  chip.neuron_full_scale_v = 0.1;
  const auto gain = [&] { return make_bank<double>(BankSpec(neuron, "ota", chip), 1, "bank", 1).gain[0]; };
  const double at_300 = gain();
  EXPECT_NEAR(at_300, 0.6 * 0.1 / (2 * 0.0258520), 1e-5);
  chip.temperature_k = 330;
  EXPECT_NEAR(at_300 / gain(), 1.1, 1e-12);
}

TEST(Bank, IsExactWithoutMismatch) {
  const Bank<float> bank = make_bank<float>(BankSpec{}, 10, "bank", 1);
  EXPECT_EQ(bank.gain, Vector<float>::Ones(10));
  EXPECT_EQ(bank.shift, Vector<float>::Zero(10));
}

// gain_i (h + offset_i): the same offsets, whatever the gains.
TEST(Bank, ShiftIsTheOffsetAmplified) {
  const Bank<double> bank = make_bank<double>(mismatched(0.3, 0.02), 100, "bank", 1);
  const Bank<double> even = make_bank<double>(mismatched(0.0, 0.02), 100, "bank", 1);
  EXPECT_LT((bank.shift - bank.gain.cwiseProduct(even.shift)).cwiseAbs().maxCoeff(), 1e-15);
}

TEST(Bank, FloatAndDoubleAreTheSameBank) {
  const Bank<float> narrow = make_bank<float>(mismatched(0.05, 0.02), 100, "bank", 1);
  const Bank<double> wide = make_bank<double>(mismatched(0.05, 0.02), 100, "bank", 1);
  EXPECT_EQ(narrow.gain, wide.gain.cast<float>());
  EXPECT_EQ(narrow.shift, wide.shift.cast<float>());
}

TEST(Bank, MismatchFollowsSeedAndName) {
  const auto gain = [](const char* name, std::uint64_t seed) {
    return make_bank<double>(mismatched(0.05, 0.02), 100, name, seed).gain;
  };
  EXPECT_EQ(gain("a", 1), gain("a", 1));
  EXPECT_NE(gain("a", 1), gain("b", 1));
  EXPECT_NE(gain("a", 1), gain("a", 2));
}

}  // namespace
}  // namespace settle::test::bank_test
