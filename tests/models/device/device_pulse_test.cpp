// Pulses on the devices of every preset: against a slow scalar model, with cycle noise, at the bounds.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "settle/models/error.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::device_pulse_test {
namespace {

constexpr Index rows = 101, cols = 203;  // not a multiple of the kernel's tile, and more than one thread's piece
constexpr double sigmas = 5;

Matrix<float> filled(float value) { return Matrix<float>::Constant(rows, cols, value); }

// Uniform in [-1, 1): states and counts to try.
Matrix<float> uniform(const std::string& name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

// One device's parameters, in double, with the bounds and the step that it was given.
struct Device {
  const DevicePreset& p;
  double up, down, lower, upper;
};

Device device(const DeviceArray& array, Index i) {
  const DeviceArray::Cells& c = array.cells();
  return {array.preset(), double(c.up(i)), double(c.down(i)), double(c.lower(i)), double(c.upper(i))};
}

// The mean effect of one pulse, written again from the literature's formulas, one cell at a time in double, for a gamma
// without spread and a nominal gain.
double mean_step(const Device& d, bool rising, double w) {
  const DevicePreset& p = d.p;
  double share = 1;
  if (p.response == Response::linear) share = rising ? 1 - p.gamma_up * w / p.w_max : 1 - p.gamma_down * w / p.w_min;
  if (p.response == Response::soft_bounds) {
    const bool nominal = p.ends_at_nominal != 0;
    share = rising ? 1 - w / (nominal ? p.w_max : d.upper) : 1 - w / (nominal ? p.w_min : d.lower);
  }
  if (p.response == Response::power) {
    const double room = rising ? d.upper - w : w - d.lower;
    share = std::pow(std::max(room, 0.0) / (d.upper - d.lower), rising ? p.gamma_up : p.gamma_down);
  }
  if (p.response == Response::table) {
    const MeasuredSteps& steps = rising ? p.table.up : p.table.down;
    share = interpolate(steps.state, steps.mean, w) / p.dw_min;
  }
  if (p.response == Response::exponential) {
    const double z = 2 * p.z_slope * w / (p.w_max - p.w_min) + p.z_offset;
    share = rising ? 1 - p.a_up * std::exp(p.gamma_up * z) : 1 - p.a_down * std::exp(-p.gamma_down * z);
  }
  return (rising ? d.up : -d.down) * std::max(share, 0.0);
}

// The deviation of one pulse of a population, of a device whose steps are `scale` times this one's.
double cycle_noise(const DevicePreset& p, const Device& d, bool rising, double w, double scale) {
  const double size = p.ctoc_shrinks != 0 ? std::abs(mean_step(d, rising, w)) : (rising ? d.up : d.down);
  return p.ctoc * (scale * size + p.ctoc_add + p.ctoc_slope * std::abs(w));
}

template <class Body>
void for_each_device(const Body& body) {
  for (const DevicePreset& p : every_response()) {
    SCOPED_TRACE(p.name);
    body(p);
  }
}

// A device that can move at all.
bool mobile(const Device& d) { return d.lower < d.upper; }

DevicePreset without_slope_spread(DevicePreset p) {
  p.gamma_dtod = 0;
  return p;
}

// Without cycle noise, how far the worst device is from the formulas after up to `most` pulses.
double worst_error(DevicePreset p, float most) {
  p = without_slope_spread(without_cycle_noise(p));
  const Matrix<float> counts = (uniform("counts") * most).array().round();
  DeviceArray array("devices", rows, cols, p, 1);
  array.set_state(float(p.w_max - p.w_min) / 2 * uniform("states").array() + float(p.w_max + p.w_min) / 2);
  const Matrix<float> before = array.state();
  array.pulse(counts, 0, 1);
  double worst = 0;
  for (Index i = 0; i < before.size(); ++i) {
    const Device d = device(array, i);
    if (!mobile(d)) continue;
    double w = double(before(i));
    for (int pulse = 0; pulse < std::abs(int(counts(i))); ++pulse)
      w = std::min(std::max(w + mean_step(d, counts(i) > 0, w), d.lower), d.upper);
    worst = std::max(worst, std::abs(double(array.state()(i)) - w));
  }
  return worst;
}

TEST(DevicePulse, FollowsTheFormulas) {
  for_each_device([](const DevicePreset& p) {
    EXPECT_LT(worst_error(p, 1.4f), p.response == Response::table ? 3e-3 * p.dw_min : 1e-6) << "single pulses";
    EXPECT_LT(worst_error(p, 31), 3e-4) << "several";  // n S' is up to 0.1 in a burst: pulse_burst-inl.h
  });
}

// At w = 0 the exponential response of reram-es is 1.10 up and 1.99 down times the step (parameters of its source).
TEST(DevicePulse, StepsOfTheExponentialResponseAtZero) {
  DevicePreset p = device_preset("reram-es");
  p.ctoc = p.dtod = p.bias = p.bias_dtod = 0;
  DeviceArray array("devices", 1, 1, p, 1);
  array.pulse(Matrix<float>::Constant(1, 1, 1.0f), 0, 1);
  EXPECT_NEAR(array.state()(0) / p.dw_min, 1.10, 0.005);
  array.set_state(Matrix<float>::Zero(1, 1));
  array.pulse(Matrix<float>::Constant(1, 1, -1.0f), 0, 1);
  EXPECT_NEAR(array.state()(0) / p.dw_min, -1.99, 0.005);
}

// How far single pulses from one state are from the preset's mean step and cycle noise, in standard deviations. A
// device that may meet its bound tells nothing, nor does one whose step is lost in rounding.
struct Off {
  double step, noise;
};

Off cycle_off(const DevicePreset& drawn, const DevicePreset& claimed, bool rising, float state) {
  constexpr int rounds = 8;
  DeviceArray array("devices", rows, cols, drawn, 1);
  const double scale = claimed.dw_min / drawn.dw_min;
  double n = 0, sum = 0, squares = 0, steps = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    array.set_state(filled(state));
    array.pulse(filled(rising ? 1.0f : -1.0f), round, 1);
    for (Index i = 0; i < array.state().size(); ++i) {
      const Device d = device(array, i);
      if (!mobile(d)) continue;
      const double step = mean_step(d, rising, double(state));
      const double reach = std::abs(step) + 6 * cycle_noise(drawn, d, rising, double(state), 1);
      if (state + reach > d.upper || state - reach < d.lower || std::abs(step) < 1e-5) continue;
      const double moved = double(array.state()(i)) - double(state);
      const double xi = (moved - step * scale) / cycle_noise(claimed, d, rising, double(state), scale);
      n += 1;
      steps += std::abs(step) / cycle_noise(drawn, d, rising, double(state), 1);
      sum += xi;
      squares += xi * xi;
    }
  }
  // a tenth of the noise must be five sigmas, and so must a tenth of the step
  EXPECT_GT(n, std::max(1250.0, std::pow(sigmas / (steps / n) / 0.1, 2))) << "too few to tell";
  return {sum / std::sqrt(n), (squares - n) / std::sqrt(2 * n)};
}

// States from which most devices of a preset have room for a pulse both ways.
std::vector<float> states_of(const DevicePreset& p) {
  if (p.w_min == 0) return {float(0.5 * p.w_max), float(0.6 * p.w_max)};
  return p.dw_min > 0.05 ? std::vector<float>{0.0f, 0.1f} : std::vector<float>{0.0f, float(0.3 * p.w_max)};
}

TEST(DevicePulse, HasTheStepAndTheCycleNoiseOfItsPreset) {
  for_each_device([](const DevicePreset& preset) {
    if (preset.response == Response::table) return;  // its noise is its own: DeviceResponse
    const DevicePreset p = without_slope_spread(preset);
    for (const float state : states_of(p)) {
      for (const bool rising : {true, false}) {
        if (p.one_sided != 0 && !rising) continue;
        const Off o = cycle_off(p, p, rising, state);
        EXPECT_LT(std::abs(o.step), sigmas) << state << rising;
        EXPECT_LT(std::abs(o.noise), sigmas) << state << rising;
      }
    }
  });
}

TEST(DevicePulse, ATenthMoreStepOrCycleNoiseWouldShow) {
  for_each_device([](const DevicePreset& preset) {
    if (preset.response == Response::table) return;
    const DevicePreset p = without_slope_spread(preset);
    DevicePreset noisier = p, faster = p;
    noisier.ctoc *= 1.1;
    faster.dw_min *= 1.1;
    EXPECT_GT(std::abs(cycle_off(noisier, p, true, states_of(p)[0]).noise), sigmas);
    EXPECT_GT(std::abs(cycle_off(faster, p, true, states_of(p)[0]).step), sigmas);
  });
}

TEST(DevicePulse, StaysWithinEachDevicesBounds) {
  for_each_device([](const DevicePreset& p) {
    DeviceArray array("devices", rows, cols, p, 1);
    const auto expect_inside = [&](const char* when) {
      EXPECT_TRUE((array.state().array() <= array.cells().upper.array()).all()) << when;
      EXPECT_TRUE((array.state().array() >= array.cells().lower.array()).all()) << when;
    };
    array.pulse(filled(1000), 0, 2);
    expect_inside("up");
    const float mean_up = array.state().mean();
    array.pulse(filled(-1000), 1, 2);
    expect_inside("down");
    EXPECT_GT(mean_up, 0.2f * float(p.w_max));
    EXPECT_LT(array.state().mean(), mean_up - 0.2f * float(p.w_max));
    array.set_state(filled(100));
    EXPECT_EQ(array.state(), array.cells().upper);
    array.add(filled(-200), 2);
    EXPECT_EQ(array.state(), array.cells().lower);
  });
}

TEST(DevicePulse, GivesTheSameBytesOnAnyNumberOfThreads) {
  const Matrix<float> counts = (uniform("counts") * 4).array().round();
  for_each_device([&](const DevicePreset& p) {
    DeviceArray one("devices", rows, cols, p, 1);
    const PulseSum sum = one.pulse(counts, 0, 1);
    for (const int threads : {2, 3}) {
      DeviceArray other("devices", rows, cols, p, 1);
      const PulseSum other_sum = other.pulse(counts, 0, threads);
      EXPECT_EQ(one.state(), other.state());
      EXPECT_EQ(sum.pulses, other_sum.pulses);
      EXPECT_EQ(sum.state, other_sum.state);
    }
  });
}

// A device's history is its own: shorter arrays are prefixes of longer ones, and cells that rest change nothing.
TEST(DevicePulse, OfADeviceDoesNotDependOnTheOthers) {
  for_each_device([](const DevicePreset& p) {
    DeviceArray whole("devices", 1, 200, p, 1);
    whole.pulse(Matrix<float>::Constant(1, 200, 3.0f), 0, 1);
    for (const Index n : {1, 63, 64, 65, 130}) {
      DeviceArray part("devices", 1, n, p, 1);
      part.pulse(Matrix<float>::Constant(1, n, 3.0f), 0, 1);
      EXPECT_EQ(part.state(), whole.state().leftCols(n)) << n;
    }
    DeviceArray alone("devices", 1, 200, p, 1);
    Matrix<float> counts = Matrix<float>::Zero(1, 200);
    counts(70) = 3;
    Matrix<float> expected = alone.state();
    expected(70) = whole.state()(70);
    alone.pulse(counts, 0, 1);
    EXPECT_EQ(alone.state(), expected);
  });
}

TEST(DevicePulse, NoiseDiffersFromRoundToRound) {
  const auto after = [](std::uint64_t round) {
    DeviceArray array("devices", rows, cols, device_preset("rpu-target"), 1);
    array.pulse(filled(1), round, 1);
    return array.state();
  };
  EXPECT_EQ(after(1), after(1));
  EXPECT_LT((after(1).array() == after(2).array()).count(), rows * cols / 500);
}

TEST(DevicePulse, SumCountsPulsesAndMeanStates) {
  const Matrix<float> counts = (uniform("counts").array() * 1.5f).round();  // -1, 0, 1
  for_each_device([&](const DevicePreset& p) {
    DeviceArray array("devices", rows, cols, p, 1);
    array.set_state(uniform("states"));
    const Matrix<double> before = array.state().cast<double>();
    const PulseSum sum = array.pulse(counts, 0, 2);
    const Matrix<double> after = array.state().cast<double>();
    EXPECT_EQ(sum.pulses, double(counts.cwiseAbs().cast<double>().sum()));
    const double states = ((before + after) / 2).cwiseProduct(counts.cwiseAbs().cast<double>()).sum();
    EXPECT_NEAR(sum.state, states, 1e-3);
  });
}

TEST(DevicePulse, SumOfSeveralPulsesIsTheSumOverThem) {
  DevicePreset p = device_preset("rpu-target");
  p.ctoc = p.dtod = p.bias_dtod = 0;
  DeviceArray array("devices", 1, 100, p, 1);
  array.set_state(Matrix<float>::Constant(1, 100, 0.1f));
  const PulseSum sum = array.pulse(Matrix<float>::Constant(1, 100, 4.0f), 0, 1);
  EXPECT_EQ(sum.pulses, 400);
  EXPECT_NEAR(sum.state, 400 * (0.1 + 2 * p.dw_min), 1e-3);
}

TEST(DevicePulse, IsRefusedByAnExactDevice) {
  DeviceArray array("devices", 2, 2, device_preset("ideal"), 1);
  EXPECT_THROW(array.pulse(Matrix<float>::Constant(2, 2, 1.0f), 0, 1), InputError);
  array.set_state(Matrix<float>::Constant(2, 2, 5.0f));
  array.add(Matrix<float>::Constant(2, 2, 0.25f), 1);
  EXPECT_EQ(array.state(), Matrix<float>::Constant(2, 2, 5.25f));
}

TEST(DevicePulse, UnknownDevicesAreRefused) { EXPECT_THROW(device_preset("nonesuch"), InputError); }

}  // namespace
}  // namespace settle::test::device_pulse_test
