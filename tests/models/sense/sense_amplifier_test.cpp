// The sense amplifier's formulas, against figures that anyone can work out.
#include "models/sense/sense_amplifier.h"

#include <gtest/gtest.h>

#include "models/cost/costs.h"

namespace settle::test {
namespace {

// One neuron by itself, at any speed: 4 C V_dd (U_T / kappa) 9 ln 2.
TEST(CircuitCheck, C4NeuronThatSettles) {
  for (const double tau_s : {10e-9, 1e-9, 1e-6}) {
    const double seconds = tau_s * 9 * std::log(2.0);
    EXPECT_NEAR(seconds / tau_s, 6.238, 0.0005);
    EXPECT_NEAR(Costs(ChipSpec{}).neuron_bias_w(tau_s) * seconds, 82.94e-15, 0.01e-15);
  }
}

TEST(CircuitCheck, C5VirtualGround) {
  const SenseSpec spec;
  const double gbw_hz = gbw_needed_hz(396.1, 8, 83e-9);
  EXPECT_NEAR(gbw_hz, 4.7382e9, 0.0001e9);
  EXPECT_NEAR(sense_bias_a(spec, gbw_hz), 0.1985e-3, 0.00005e-3);
  EXPECT_NEAR(sense_bias_a(spec, gbw_hz) * 0.9 * 83e-9, 14.8e-12, 0.05e-12);
  // whatever the time
  EXPECT_NEAR(sense_bias_a(spec, gbw_needed_hz(396.1, 8, 1e-6)) * 1e-6, sense_bias_a(spec, gbw_hz) * 83e-9, 1e-20);
}

TEST(CircuitCheck, C6JohnsonNoiseOfAColumn) {
  const double siemens = 2 * 784 * 10.6381e-6;
  EXPECT_NEAR(siemens, 16.68e-3, 0.005e-3);
  const double amperes = std::sqrt(johnson_a2_per_hz(siemens, 300) * noise_bandwidth_hz(10e-9));
  EXPECT_NEAR(amperes, 83.1e-9, 0.05e-9);
  EXPECT_NEAR(amperes / 8.44e-6, 0.00984, 0.00001);
  const double small = std::sqrt(johnson_a2_per_hz(siemens / 1000, 300) * noise_bandwidth_hz(10e-9));
  EXPECT_NEAR(small / 8.44e-9 / (amperes / 8.44e-6), std::sqrt(1000.0), 1e-9);
}

// A faster amplifier has more transconductance, and less noise; finite gain takes the share that the noise gain leaves.
TEST(SenseAmplifier, PaysForSpeedWithBiasAndForEconomyWithNoise) {
  SenseSpec spec;
  EXPECT_NEAR(sense_bias_a(spec, 2e9), 2 * sense_bias_a(spec, 1e9), 1e-15);
  EXPECT_NEAR(sense_noise_v2_per_hz(spec, 1e9, 300), 2 * sense_noise_v2_per_hz(spec, 2e9, 300), 1e-25);
  EXPECT_NEAR(sense_noise_v2_per_hz(spec, 1e9, 300), 8 * 1.380649e-23 * 300 / (2 * M_PI * 1e9 * 100e-15), 1e-25);
  spec.noise_v_per_rthz = 5e-9;
  EXPECT_DOUBLE_EQ(sense_noise_v2_per_hz(spec, 1e9, 300), 25e-18);
  EXPECT_DOUBLE_EQ(signal_share(100, 900), 0.9);
  EXPECT_DOUBLE_EQ(signal_share(100, 0), 1);
  EXPECT_DOUBLE_EQ(noise_gain(47e3, 8.34e-3), 1 + 47e3 * 8.34e-3);
  EXPECT_NEAR(closed_loop_tau_s(100, 1e9), 100 / (2 * M_PI * 1e9), 1e-20);
}

}  // namespace
}  // namespace settle::test
