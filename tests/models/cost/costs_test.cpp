// Costs against figures worked out by hand or published.
#include "models/cost/costs.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

constexpr std::size_t nominal = 1;

void expect_ordered(const Estimate& e, const char* what) {
  EXPECT_GT(e[0], 0) << what;
  EXPECT_LE(e[0], e[1]) << what;
  EXPECT_LE(e[1], e[2]) << what;
}

TEST(Costs, NeuronBiasIsThatOfItsTimeConstant) {
  const ChipSpec chip;
  const double current = Costs(chip).neuron_bias_w(10e-9)[nominal] / (2 * chip.supply_v);
  EXPECT_NEAR(current, 0.74e-6, 0.005e-6);
  EXPECT_NEAR(Costs(chip).neuron_bias_w(5e-9)[nominal], 2 * Costs(chip).neuron_bias_w(10e-9)[nominal], 1e-15);
  EXPECT_NEAR(thermal_voltage(300), 25.85e-3, 0.01e-3);
}

// 28 fJ a conversion step, 6.4 to 151: 8 bits 1.6 / 7.2 / 39 pJ.
TEST(Costs, AdcConversion) {
  const Estimate e = Costs(ChipSpec{}).adc_conversion_j(8);
  EXPECT_NEAR(e[0], 1.6e-12, 0.05e-12);
  EXPECT_NEAR(e[1], 7.2e-12, 0.05e-12);
  EXPECT_NEAR(e[2], 39e-12, 0.5e-12);
  EXPECT_DOUBLE_EQ(Costs(ChipSpec{}).adc_conversion_j(9)[nominal], 2 * e[nominal]);
  EXPECT_EQ(Costs(ChipSpec{}).adc_conversion_j(0), e);
}

TEST(Costs, AdcTimeIsThatOfItsColumns) {
  const Costs costs{ChipSpec{}};
  EXPECT_DOUBLE_EQ(costs.adc_conversion_s(512), 80e-9);
  EXPECT_DOUBLE_EQ(costs.adc_conversion_s(3), 30e-9);
}

// C V^2 activity: 256 fF at 0.9 V, half of it switched.
TEST(Costs, DacConversion) {
  EXPECT_NEAR(Costs(ChipSpec{}).dac_conversion_j()[nominal], 103.68e-15, 0.01e-15);
  EXPECT_DOUBLE_EQ(Costs(ChipSpec{}).dac_conversion_s(), 1e-9);
}

TEST(Costs, HoldAndAmplifier) {
  EXPECT_NEAR(Costs(ChipSpec{}).sample_hold_j()[nominal], 16e-15, 1e-20);
  EXPECT_NEAR(Costs(ChipSpec{}).difference_amplifier_w()[nominal], 1.8e-6, 1e-12);
}

// A public macro model: 128 x 128 at activity 0.5, 20.8 nS, 0.5 V, 5 ns: 0.2130 pJ in the devices.
TEST(Costs, ArrayReadAgreesWithAPublishedModel) {
  ChipSpec chip;
  chip.read_v = exactly(0.5);
  const double cells = 128 * 128, activity = 0.5, conductance = 20.8e-9;
  const Estimate e = Costs(chip).array_read_j(activity * cells * conductance, 5e-9);
  EXPECT_NEAR(e[nominal], 0.2130e-12, 0.00005e-12);
}

// C dV V_dd: a swing of 0.2 V on 128 cells of 0.2 fF.
TEST(Costs, LineCharge) {
  EXPECT_NEAR(Costs(ChipSpec{}).line_charge_j(1.0, 128)[nominal], 128 * 0.2e-15 * 0.2 * 0.9, 1e-22);
  EXPECT_NEAR(Costs(ChipSpec{}).line_charge_j(3.0, 128)[nominal], 3 * 128 * 0.2e-15 * 0.2 * 0.9, 1e-22);
}

// V^2 G t of the devices and C V^2 of the lines: ten pulses of 2 V and 100 ns at 12 uS, on lines of 128 cells.
TEST(Costs, WritePulses) {
  const Estimate volts = {1.5, 2.0, 3.2}, seconds = {10e-9, 100e-9, 1e-6};
  const Estimate e = Costs(ChipSpec{}).write_j(volts, seconds, 10 * 12e-6, 10 * 128);
  EXPECT_NEAR(e[nominal], 10 * (4 * 12e-6 * 100e-9 + 128 * 0.2e-15 * 4), 1e-18);
  expect_ordered(e, "write");
}

// Stillmaker and Baas: a gate takes about 0.64 at 32 nm of what it takes at 45 nm, both at 0.9 V.
TEST(Costs, DigitalEnergyScalesWithTheNode) {
  const auto at = [](std::int64_t node, double supply) {
    ChipSpec chip;
    chip.node = node;
    chip.supply_v = supply;
    return Costs(chip).host_update_j()[nominal];
  };
  EXPECT_NEAR(at(45, 0.9), 0.2e-9, 1e-16);
  EXPECT_NEAR(at(32, 0.9) / at(45, 0.9), 0.64, 0.005);
  EXPECT_NEAR(at(28, 0.9), at(32, 0.9), 1e-16);  // the nearest node of the table
  EXPECT_GT(at(65, 1.1), at(45, 0.9));
  EXPECT_GT(at(45, 0.9), at(20, 0.9));
  EXPECT_GT(at(32, 1.0), at(32, 0.9));
}

TEST(Costs, HostTime) { EXPECT_DOUBLE_EQ(Costs(ChipSpec{}).host_s(64), 2e-9); }

TEST(Costs, LowIsBelowHigh) {
  const Costs c{ChipSpec{}};
  expect_ordered(c.dac_conversion_j(), "DAC");
  expect_ordered(c.adc_conversion_j(8), "ADC");
  expect_ordered(c.neuron_bias_w(1e-8), "neuron");
  expect_ordered(c.sample_hold_j(), "hold");
  expect_ordered(c.difference_amplifier_w(), "amplifier");
  expect_ordered(c.array_read_j(1e-3, 1e-8), "read");
  expect_ordered(c.line_charge_j(1, 128), "line");
  expect_ordered(c.host_multiply_j(), "multiply");
  expect_ordered(c.host_operation_j(), "operation");
  expect_ordered(c.host_update_j(), "update");
}

}  // namespace
}  // namespace settle::test
