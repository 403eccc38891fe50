// The sense amplifier's formulas, against figures that anyone can work out.
#include "settle/models/sense/sense_amplifier.h"

#include <complex>

#include <gtest/gtest.h>

#include "settle/models/cost/costs.h"

namespace settle::test::sense_amplifier_test {
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
  EXPECT_NEAR(closed_loop(99e3, 1e-3, 0, 1e9).tau_s, 100 / (2 * M_PI * 1e9), 1e-20);
}

using Complex = std::complex<double>;

// V / I over R of the circuit itself, by Kirchhoff's law at the line: (G + s C) v + (1 / R + s C_f) (v - V) = I, with
// the amplifier V = -w v / s.
Complex response(double ohm, double siemens, double line_f, double gbw_hz, double feedback_f, double hz) {
  const Complex s(0, 2 * M_PI * hz), back = 1 / ohm + s * feedback_f;
  const double w = 2 * M_PI * gbw_hz;
  return 1.0 / (back + (s / w) * (siemens + s * line_f + back)) / ohm;
}

TEST(SenseAmplifier, ClosedLoopIsThatOfItsCircuit) {
  for (const double line_f : {0.0, 1e-15, 50e-15, 1e-12}) {
    const double ohm = 5e5, siemens = 1.2e-5, gbw_hz = 2e8;
    const ClosedLoop loop = closed_loop(ohm, siemens, line_f, gbw_hz);
    for (const double hz : {1e5, 3e6, 2e7, 3e8}) {
      const Complex s(0, 2 * M_PI * hz), formula = 1.0 / (1.0 + s * loop.tau_s + s * s * loop.second_s2);
      EXPECT_NEAR(std::abs(response(ohm, siemens, line_f, gbw_hz, loop.feedback_f, hz) - formula), 0, 1e-9) << line_f;
    }
    // it never peaks, and has no more feedback capacitance than that takes
    EXPECT_GE(loop.tau_s * loop.tau_s, 2 * loop.second_s2 * (1 - 1e-12));
    if (loop.feedback_f > 0) {
      EXPECT_NEAR(loop.tau_s * loop.tau_s / (2 * loop.second_s2), 1, 1e-12);
    }
  }
  EXPECT_EQ(closed_loop(5e5, 1.2e-5, 1e-15, 2e8).feedback_f, 0);
  EXPECT_GT(closed_loop(5e5, 1.2e-5, 1e-12, 2e8).feedback_f, 0);
}

TEST(SenseAmplifier, NeedsTheBandwidthThatSettles) {
  for (const double rc_s : {0.0, 1e-9, 1e-8, 1e-6}) {
    const double ohm = 5e5, siemens = 1.2e-5, gain = noise_gain(ohm, siemens);
    const double gbw_hz = gbw_needed_hz(gain, 8, 60e-9, rc_s);
    EXPECT_NEAR(closed_loop(ohm, siemens, rc_s / ohm, gbw_hz).tau_s * 9 * std::log(2.0) / 60e-9, 1, 1e-9) << rc_s;
  }
  // a tenth of the conductances, and so ten times the resistance: the noise gain is the same, the bandwidth is not
  EXPECT_GT(gbw_needed_hz(7, 8, 60e-9, 2.5e-7), 3 * gbw_needed_hz(7, 8, 60e-9, 2.5e-8));
}

// Against the integral, by the trapezoidal rule on a logarithmic axis.
TEST(SenseAmplifier, NoiseBandwidthIsTheIntegralOfItsResponse) {
  for (const double line_f : {0.0, 50e-15, 500e-15})
    for (const double lag_s : {0.0, 1e-9, 120e-9})
      for (const bool rising : {false, true}) {
        const ClosedLoop loop = closed_loop(5e5, 1.2e-5, line_f, 2e8);
        const double zero_s = rising ? loop.zero_s : 0;
        if (lag_s == 0 && line_f == 0 && rising) continue;  // endless
        double sum = 0;
        const double step = 1e-3;
        for (double x = std::log(1e2); x < std::log(1e14); x += step) {
          const Complex s(0, 2 * M_PI * std::exp(x));
          const Complex h = (1.0 + s * zero_s) / ((1.0 + s * lag_s) * (1.0 + s * loop.tau_s + s * s * loop.second_s2));
          sum += std::norm(h) * std::exp(x) * step;
        }
        EXPECT_NEAR(noise_bandwidth_hz(loop, lag_s, zero_s) / sum, 1, 1e-3) << line_f << " " << lag_s << " " << rising;
      }
}

}  // namespace
}  // namespace settle::test::sense_amplifier_test
