// Costs against figures worked out by hand or published.
#include "settle/models/cost/costs.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/error.h"

namespace settle::test::costs_test {
namespace {

TEST(Costs, NeuronBiasIsThatOfItsTimeConstant) {
  const ChipSpec chip;
  const double current = Costs(chip).neuron_bias_w(10e-9) / (2 * chip.supply_v);
  EXPECT_NEAR(current, 0.74e-6, 0.005e-6);
  EXPECT_NEAR(Costs(chip).neuron_bias_w(5e-9), 2 * Costs(chip).neuron_bias_w(10e-9), 1e-15);
  EXPECT_NEAR(thermal_voltage(300), 25.85e-3, 0.01e-3);
  EXPECT_NEAR(Costs(chip).neuron_bias_w(10e-9, 0.35), 2 * Costs(chip).neuron_bias_w(10e-9, 0.7), 1e-15);
}

// 26.2 fJ a conversion step: 8 bits take 6.7 pJ.
TEST(Costs, AdcConversion) {
  const Costs costs{ChipSpec{}};
  EXPECT_NEAR(costs.adc_conversion_j(8).supplied, 6.7e-12, 0.05e-12);
  EXPECT_DOUBLE_EQ(costs.adc_conversion_j(9).supplied, 2 * costs.adc_conversion_j(8).supplied);
  EXPECT_EQ(costs.adc_conversion_j(0).supplied, costs.adc_conversion_j(8).supplied);
}

// Two regimes: a bit doubles what few bits take, and quadruples what many take, which is most beyond 11 bits.
// Schreier's figure of merit of a converter that takes E 4^bits alone: SNR 1.5 4^bits over twice the energy of a
// conversion.
TEST(Costs, AdcConversionIsLimitedByNoiseBeyondElevenBits) {
  const Costs costs{ChipSpec{}};
  const auto both_j = [&](int bits) {
    return costs.adc_conversion_j(bits).supplied + costs.adc_thermal_j(bits).supplied;
  };
  EXPECT_DOUBLE_EQ(costs.adc_thermal_j(9).supplied, 4 * costs.adc_thermal_j(8).supplied);
  EXPECT_LT(costs.adc_thermal_j(11).supplied, costs.adc_conversion_j(11).supplied);
  EXPECT_GT(costs.adc_thermal_j(12).supplied, costs.adc_conversion_j(12).supplied);
  EXPECT_NEAR(both_j(5) / both_j(4), 2, 0.02);
  EXPECT_NEAR(both_j(17) / both_j(16), 4, 0.07);
  const double schreier = 1.5 * std::exp2(2 * 12) / (2 * costs.adc_thermal_j(12).supplied);
  EXPECT_NEAR(10 * std::log10(schreier), 168, 0.05);
}

// One converter of 8 bits does 222 MS/s: beyond, a conversion takes energy in proportion to the rate.
TEST(Costs, AdcConversionsInHasteTakeMore) {
  ChipSpec fast;
  fast.adc_rate_hz = 2e9 / 9;
  const double one_j = Costs(fast).adc_conversion_j(8).supplied;
  EXPECT_DOUBLE_EQ(one_j, Costs(ChipSpec{}).adc_conversion_j(8).supplied);
  fast.adc_rate_hz *= 3;
  EXPECT_NEAR(Costs(fast).adc_conversion_j(8).supplied, 3 * one_j, 1e-9 * one_j);
  EXPECT_NEAR(Costs(fast).adc_thermal_j(8).supplied, 3 * Costs(ChipSpec{}).adc_thermal_j(8).supplied, 1e-20);
  EXPECT_GT(Costs(fast).adc_conversion_j(9).supplied, 2.2 * Costs(fast).adc_conversion_j(8).supplied);
}

// 10 uA and 1 uA from 0.9 V.
TEST(Costs, ReferencesOfConverters) {
  EXPECT_NEAR(Costs(ChipSpec{}).adc_reference_w(8), 9e-6, 1e-12);
  EXPECT_NEAR(Costs(ChipSpec{}).dac_reference_w(), 0.9e-6, 1e-12);
  EXPECT_EQ(Costs(ChipSpec{}).adcs(17), 3);
}

// Seven address wires along 128 lines of 0.2 fF: a quarter of them rises to 0.9 V.
TEST(Costs, DecodersAndLinks) {
  const Costs costs{ChipSpec{}};
  EXPECT_EQ(decoder_load(128), 7 * 128);
  EXPECT_EQ(decoder_load(100), 7 * 100);
  EXPECT_EQ(decoder_load(1), 0);
  EXPECT_NEAR(costs.decoder_j(decoder_load(128)).supplied, 7 * 128 * 0.2e-15 * 0.81 / 4, 1e-20);
  EXPECT_NEAR(link_mm(4e-6), 1.5, 1e-12);  // a chip of 2 mm x 2 mm
  EXPECT_NEAR(costs.link_j(8, 1.5).supplied, 8 * 1.5 * 0.1e-12, 1e-18);
  ChipSpec low;
  low.supply_v = 0.6;
  EXPECT_NEAR(Costs(low).link_j(8, 1.5).supplied, 8 * 1.5 * 0.1e-12 * 4 / 9, 1e-18);
}

TEST(Costs, AdcTimeIsThatOfItsColumns) {
  const Costs costs{ChipSpec{}};
  EXPECT_DOUBLE_EQ(costs.adc_conversion_s(512), 80e-9);
  EXPECT_DOUBLE_EQ(costs.adc_conversion_s(3), 30e-9);
  // converters that take turns give codes more often, not sooner
  ChipSpec fast;
  fast.adc_rate_hz = 1e12;
  EXPECT_NEAR(Costs(fast).adc_conversion_s(8, 8), 4.5e-9 + 7e-12, 1e-18);
}

// C V^2 activity: 256 fF at 0.9 V, half of it switched; a bit more is twice as many units.
TEST(Costs, DacConversion) {
  EXPECT_NEAR(Costs(ChipSpec{}).dac_conversion_j(8).supplied, 103.68e-15, 0.01e-15);
  EXPECT_NEAR(Costs(ChipSpec{}).dac_conversion_j(10).supplied, 4 * 103.68e-15, 0.04e-15);
  EXPECT_EQ(Costs(ChipSpec{}).dac_conversion_j(0).supplied, Costs(ChipSpec{}).dac_conversion_j(8).supplied);
  EXPECT_DOUBLE_EQ(Costs(ChipSpec{}).dac_conversion_s(), 1e-9);
}

TEST(Costs, Hold) { EXPECT_NEAR(Costs(ChipSpec{}).sample_hold_j().supplied, 36e-15, 1e-20); }

// A public macro model: 128 x 128 at activity 0.5, 20.8 nS, 0.5 V, 5 ns: 0.2130 pJ in the devices.
TEST(Costs, ArrayReadAgreesWithAPublishedModel) {
  ChipSpec chip;
  chip.read_v = 0.5;
  const double cells = 128 * 128, activity = 0.5, conductance = 20.8e-9;
  const Energy e = Costs(chip).array_read_j(activity * cells * conductance, 5e-9);
  EXPECT_NEAR(e.dissipated, 0.2130e-12, 0.00005e-12);
}

// C dV V_dd: a swing of 0.2 V on 128 cells of 0.2 fF.
TEST(Costs, LineCharge) {
  EXPECT_NEAR(Costs(ChipSpec{}).line_charge_j(1.0, 1.0, 128).supplied, 128 * 0.2e-15 * 0.2 * 0.9, 1e-22);
  EXPECT_NEAR(Costs(ChipSpec{}).line_charge_j(3.0, 2.0, 128).supplied, 3 * 128 * 0.2e-15 * 0.2 * 0.9, 1e-22);
}

// V^2 G t of the devices and C V^2 of the lines: ten pulses of 2 V and 100 ns at 12 uS, on lines of 128 cells, from a
// pump of 40 %; below the supply there is none.
TEST(Costs, WritePulses) {
  const Costs costs{ChipSpec{}};
  EXPECT_NEAR(costs.write_pulse_j(2, 100e-9, 10 * 12e-6).supplied, 10 * 4 * 12e-6 * 100e-9 / 0.4, 1e-20);
  EXPECT_NEAR(costs.write_charge_j(2, 10 * 128 * 0.2e-15).supplied, 10 * 128 * 0.2e-15 * 4 / 0.4, 1e-20);
  EXPECT_NEAR(costs.write_charge_j(0.9, 10 * 128 * 0.2e-15).supplied, 10 * 128 * 0.2e-15 * 0.81, 1e-20);
}

double scale_at(std::int64_t node, double supply_v) {
  ChipSpec chip;
  chip.node = node;
  chip.supply_v = supply_v;
  return digital_scale(chip);
}

// Between two nodes of the table, the logarithm of the energy is on the line through theirs.
TEST(DigitalScale, IsInterpolated) {
  const double share = std::log(28.0 / 20) / std::log(32.0 / 20);
  EXPECT_NEAR(scale_at(28, 0.9), std::pow(scale_at(20, 0.9), 1 - share) * std::pow(scale_at(32, 0.9), share), 1e-12);
  for (std::int64_t node = 8; node <= 65; ++node) EXPECT_GT(scale_at(node, 0.8), scale_at(node - 1, 0.8)) << node;
}

TEST(DigitalScale, GrowsWithTheSupply) {
  for (std::int64_t node = 7; node <= 65; ++node) {
    const SupplyRange range = supply_range(node);
    for (double v = range.low_v; v + 0.02 <= range.high_v; v += 0.02)
      EXPECT_GT(scale_at(node, v + 0.02), scale_at(node, v)) << node << " at " << v;
  }
}

TEST(DigitalScale, RefusesWhatItsTableDoesNotHold) {
  for (const std::int64_t node : {6, 66}) EXPECT_THROW(scale_at(node, 0.8), InputError);
  for (std::int64_t node = 7; node <= 65; ++node) {
    const SupplyRange range = supply_range(node);
    EXPECT_NO_THROW(scale_at(node, range.low_v));
    EXPECT_NO_THROW(scale_at(node, range.high_v));
    EXPECT_THROW(scale_at(node, range.low_v - 0.01), InputError);
    EXPECT_THROW(scale_at(node, range.high_v + 0.01), InputError);
  }
  try {
    scale_at(7, 0.9);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "chip.supply_v must be from 0.5 to 0.84 V at chip.node = 7, not 0.9");
  }
}

// Published cells of six transistors: 0.346 um^2 at 45 nm, 0.171 at 32 nm, 0.081 at 20 nm, 0.064 at 14 nm.
TEST(DigitalScale, OfAreaIsThatOfMemoryCells) {
  const auto area_at = [](std::int64_t node) {
    ChipSpec chip;
    chip.node = node;
    return digital_area_scale(chip);
  };
  EXPECT_DOUBLE_EQ(area_at(45), 1);
  EXPECT_NEAR(area_at(32) / (0.171 / 0.346), 1, 0.15);
  EXPECT_NEAR(area_at(20) / (0.081 / 0.346), 1, 0.15);
  EXPECT_NEAR(area_at(14) / (0.064 / 0.346), 1, 0.15);
}

TEST(Costs, HostTime) { EXPECT_DOUBLE_EQ(Costs(ChipSpec{}).host_s(64), 2e-9); }

}  // namespace
}  // namespace settle::test::costs_test
