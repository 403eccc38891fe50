// Many pulses at once: the same distribution as of single pulses.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::pulse_burst_test {
namespace {

constexpr Index n = 10000;

Matrix<float> filled(float value) { return Matrix<float>::Constant(1, n, value); }

struct Sample {
  Eigen::ArrayXd states;
  double state_sum;
};

// The states of n devices that started at `state`, after `pulses` pulses of one direction in parts of `together`.
Sample after(const DevicePreset& p, double state, int pulses, int together, std::uint64_t round, bool rising) {
  DeviceArray array("devices", 1, n, p, 1);
  array.set_state(filled(float(state)));
  PulseSum sum;
  for (int sent = 0; sent < pulses; sent += together)
    sum += array.pulse(filled(float(rising ? together : -together)), round++, 2);
  EXPECT_EQ(sum.pulses, double(pulses) * n);
  return {array.state().cast<double>().reshaped().array(), sum.state / double(pulses)};
}

// The differences of two samples' mean and variance, in their standard errors.
struct Off {
  double mean, variance;
};
Off off(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
  const auto centred = [](const Eigen::ArrayXd& x) -> Eigen::ArrayXd { return x - x.mean(); };
  const Eigen::ArrayXd a2 = centred(a).square(), b2 = centred(b).square();
  const auto ratio = [](double difference, double variance) {
    return difference == 0 ? 0 : difference / std::sqrt(variance / double(n));
  };
  return {ratio(a.mean() - b.mean(), a2.mean() + b2.mean()),
          ratio(a2.mean() - b2.mean(), centred(a2).square().mean() + centred(b2).square().mean())};
}

template <class Body>
void for_each_case(const Body& body) {
  for (const DevicePreset& p : every_response()) {
    for (const bool rising : {true, false}) {
      SCOPED_TRACE(p.name + (rising ? " up" : " down"));
      body(p, p.w_min + 0.45 * (p.w_max - p.w_min), rising);
    }
  }
}

// On nominal devices the spread is that of the cycle noise.
TEST(PulseBurst, HasTheMeanAndTheVarianceOfSinglePulses) {
  for_each_case([](const DevicePreset& preset, double state, bool rising) {
    const DevicePreset p = without_spread(preset);
    for (const int pulses : {2, 31, 1000}) {
      const Sample at_once = after(p, state, pulses, pulses < 1000 ? pulses : 25, 0, rising);
      const Sample singly = after(p, state, pulses, 1, 1000, rising);
      const Off o = off(at_once.states, singly.states);
      EXPECT_LT(std::abs(o.mean), 5) << pulses;
      EXPECT_LT(std::abs(o.variance), 5) << pulses;
      const double moved = std::abs(singly.states.mean() - state);
      EXPECT_NEAR(at_once.state_sum / n, singly.state_sum / n, 0.02 * moved + 1e-4) << pulses;
    }
  });
}

TEST(PulseBurst, ThatIsATenthOffWouldShow) {
  const DevicePreset p = without_spread(device_preset("ecram"));
  DevicePreset faster = p, noisier = p;
  faster.dw_min *= 1.1;
  noisier.ctoc *= 1.1;
  const Eigen::ArrayXd singly = after(p, 0, 31, 1, 1000, true).states;
  EXPECT_GT(off(after(faster, 0, 31, 31, 0, true).states, singly).mean, 5);
  EXPECT_GT(off(after(noisier, 0, 31, 31, 0, true).states, singly).variance, 5);
}

// A population, device by device: the same devices, other noise.
TEST(PulseBurst, HasTheMeanOfSinglePulsesOnEveryDevice) {
  for_each_case([](const DevicePreset& p, double state, bool rising) {
    const Eigen::ArrayXd difference =
        after(p, state, 31, 31, 0, rising).states - after(p, state, 31, 1, 1000, rising).states;
    const double error = std::sqrt(difference.square().mean() / double(n));
    EXPECT_LT(std::abs(difference.mean()), 5 * error);
  });
}

// Without noise a burst is a Taylor series, and exact to the stated order.
TEST(PulseBurst, WithoutNoiseFollowsSinglePulses) {
  for_each_case([](const DevicePreset& preset, double state, bool rising) {
    const DevicePreset p = without_cycle_noise(preset);
    const Eigen::ArrayXd at_once = after(p, state, 200, 200, 0, rising).states;
    const Eigen::ArrayXd singly = after(p, state, 200, 1, 0, rising).states;
    const Eigen::ArrayXd moved = (singly - state).abs();
    EXPECT_LT(((at_once - singly).abs() - 1e-3 * moved).maxCoeff(), 1e-5);
  });
}

// Steps that fall in proportion to the way that is left, with noise that does not: the moments of many are known.
TEST(PulseBurst, OfFallingStepsHasTheMomentsOfItsPulses) {
  constexpr int pulses = 17, rounds = 20;
  constexpr double s = 0.01, noise = 0.003, width = 40;
  DevicePreset p = without_spread(table_device());
  const MeasuredSteps steps{{-width, width}, {s * (1 + width), s * (1 - width)}, {noise, noise}};
  p.table = {steps, steps};
  p.dw_min = s;
  DeviceArray array("devices", 10, 10 * n, p, 1);
  double sum = 0, squares = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    array.set_state(Matrix<float>::Zero(10, 10 * n));
    array.pulse(Matrix<float>::Constant(10, 10 * n, pulses), round, 2);
    sum += array.state().cast<double>().sum();
    squares += array.state().cast<double>().squaredNorm();
  }
  const double count = 100.0 * n * rounds, left = std::pow(1 - s, pulses), mean = sum / count;
  const double variance = noise * noise * (1 - left * left) / (1 - (1 - s) * (1 - s));
  EXPECT_NEAR(mean, 1 - left, 1e-4);
  EXPECT_NEAR((squares / count - mean * mean) / variance, 1, 0.002);
}

}  // namespace
}  // namespace settle::test::pulse_burst_test
