// The laws of one pulse: nominal_step against the kernels, and tables of measured steps.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "settle/models/device/response.h"
#include "settle/models/error.h"
#include "settle/models/numeric/random.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::device_response_test {
namespace {

constexpr Index states = 200;

// States over the nominal range, ends included.
Matrix<float> over_the_range(const DevicePreset& p) {
  return Matrix<float>::NullaryExpr(
      1, states, [&](Index, Index i) { return float(p.w_min + (p.w_max - p.w_min) * double(i) / double(states - 1)); });
}

TEST(DeviceResponse, NominalStepIsWhatTheKernelsDo) {
  for (const DevicePreset& preset : every_response()) {
    SCOPED_TRACE(preset.name);
    const DevicePreset p = without_spread(without_cycle_noise(preset));
    for (const bool rising : {true, false}) {
      DeviceArray array("devices", 1, states, p, 1);
      array.set_state(over_the_range(p));
      const Matrix<float> before = array.state();
      array.pulse(Matrix<float>::Constant(1, states, rising ? 1.0f : -1.0f), 0, 1);
      for (Index i = 0; i < states; ++i) {
        const double w = double(before(i)), step = nominal_step(p, w, rising);
        const double after = std::min(std::max(rising ? w + step : w - step, p.w_min), p.w_max);
        EXPECT_NEAR(double(array.state()(i)), after, 1e-6 * p.w_max) << w << rising;
      }
    }
  }
}

TEST(DeviceResponse, StepsByHand) {
  DevicePreset p = power_device();
  p.dw_min = 0.01;
  p.w_max = 1;
  p.w_min = -1;
  p.gamma_up = 2;
  p.gamma_down = 0.5;
  EXPECT_NEAR(nominal_step(p, 0, true), 0.01 * 0.25, 1e-15);
  EXPECT_NEAR(nominal_step(p, 0, false), 0.01 * std::sqrt(0.5), 1e-15);
  EXPECT_EQ(nominal_step(p, 1, true), 0);
  EXPECT_NEAR(nominal_step(p, 1, false), 0.01, 1e-15);
  p.bias = 0.2;
  EXPECT_NEAR(nominal_step(p, 1, false), 0.008, 1e-15);
  EXPECT_NEAR(nominal_step(device_preset("reram-es"), 0, true), 1.10 * 0.00135, 1e-5);
  EXPECT_THROW(nominal_step(device_preset("ideal"), 0, true), std::logic_error);
}

TEST(DeviceResponse, OfATableInterpolates) {
  const DevicePreset p = table_device();
  EXPECT_NEAR(p.dw_min, (0.0026 + (0.0025 + 0.0006 * 0.2 / 1.3)) / 2, 1e-12);
  EXPECT_NEAR(nominal_step(p, 0.25, true), 0.0023, 1e-12);
  EXPECT_NEAR(nominal_step(p, -0.5, false), 0.00185, 1e-12);
  EXPECT_EQ(nominal_step(p, -5, true), 0.004);
  EXPECT_EQ(nominal_step(p, 5, false), 0.0031);
}

// A table over four decades, states evenly spread over their logarithm: steps follow the rows wherever they are close.
// Fifty pulses up from 1e-8 S, by interpolation in double: 2.69e-8 S. Pulsed one by one and at once.
TEST(DeviceResponse, OfATableFollowsItsOwnStates) {
  DevicePreset p;
  p.response = Response::table;
  const double low = 1e-8, high = 1e-4, per_siemens = 2 / (high - low);
  const std::vector<double> rows = {1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4},
                            up = {2e-10, 6e-10, 3e-9, 2e-8, 4e-7, 8e-7, 1e-6, 1e-6, 2e-7},
                            down = {1e-9, 3e-9, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 2e-6, 3e-6};
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (MeasuredSteps* steps : {&p.table.up, &p.table.down}) {
      steps->state.push_back((rows[i] - low) * per_siemens - 1);
      steps->mean.push_back((steps == &p.table.up ? up : down)[i] * per_siemens);
      steps->deviation.push_back(0);
    }
  p.dw_min = mean_step(p.table, 0);
  for (const int at_once : {1, 50}) {
    DeviceArray array("devices", 1, 1, p, 1);
    array.set_state(Matrix<float>::Constant(1, 1, -1.0f));
    for (int k = 0; k < 50; k += at_once)
      array.pulse(Matrix<float>::Constant(1, 1, float(at_once)), std::uint64_t(k), 1);
    EXPECT_NEAR((double(array.state()(0)) + 1) / per_siemens + low, 2.69e-8, 0.01 * 2.69e-8) << at_once;
  }
}

// Tables of many rows, at irregular states that differ between the polarities.
TEST(DeviceResponse, OfATableFollowsIrregularStates) {
  Engine engine(Stream(1, "table", Purpose::test), 0);
  const auto uniform = [&] { return double(engine()) * 0x1p-32; };
  for (const int rows : {2, 17, 300, 3000}) {
    DevicePreset p;
    p.response = Response::table;
    for (MeasuredSteps* steps : {&p.table.up, &p.table.down}) {
      for (int i = 0; i < rows; ++i) steps->state.push_back(-1 + 2 * std::pow(uniform(), 6));
      std::sort(steps->state.begin(), steps->state.end());
      steps->state.erase(std::unique(steps->state.begin(), steps->state.end()), steps->state.end());
      for (std::size_t i = 0; i < steps->state.size(); ++i) steps->mean.push_back(0.01 + 0.02 * uniform());
      steps->deviation.assign(steps->state.size(), 0.0);
    }
    p.dw_min = mean_step(p.table, 0);
    for (const bool rising : {true, false}) {
      DeviceArray array("devices", 1, 2000, p, 1);
      array.set_state(Matrix<float>::NullaryExpr(1, 2000, [&] { return float(-0.95 + 1.9 * std::pow(uniform(), 3)); }));
      const Matrix<float> before = array.state();
      array.pulse(Matrix<float>::Constant(1, 2000, rising ? 1.0f : -1.0f), 0, 1);
      for (Index i = 0; i < before.size(); ++i) {
        const double w = double(before(i)), step = nominal_step(p, w, rising);
        // states are floats: where rows are nearer than that, a step may be the one of a neighbouring state
        const double next = nominal_step(p, w + 1e-7, rising), last = nominal_step(p, w - 1e-7, rising);
        const double slack = std::max(std::abs(next - step), std::abs(last - step));
        EXPECT_NEAR(double(array.state()(i)), std::clamp(rising ? w + step : w - step, -1.0, 1.0), 1e-6 + 2 * slack)
            << w << " " << rising << " " << rows;
      }
    }
  }
}

// A table's noise is its own, not a multiple of the step, and does not grow with a device's gain.
TEST(DeviceResponse, OfATableHasItsDeviation) {
  constexpr Index n = 20000;
  DevicePreset p = table_device();
  DeviceArray noisy("devices", 1, n, p, 1), quiet("devices", 1, n, without_cycle_noise(p), 1);
  for (const bool rising : {true, false}) {
    for (const float state : {-0.4f, 0.25f}) {
      for (DeviceArray* array : {&noisy, &quiet}) {
        array->set_state(Matrix<float>::Constant(1, n, state));
        array->pulse(Matrix<float>::Constant(1, n, rising ? 1.0f : -1.0f), rising, 1);
      }
      const MeasuredSteps& steps = rising ? p.table.up : p.table.down;
      const double deviation = interpolate(steps.state, steps.deviation, double(state));
      const Matrix<double> noise = (noisy.state() - quiet.state()).cast<double>();
      EXPECT_NEAR(noise.mean() / deviation, 0, 5 / std::sqrt(double(n)));
      EXPECT_NEAR(noise.squaredNorm() / double(n) / (deviation * deviation), 1, 5 * std::sqrt(2 / double(n)));
      EXPECT_LT(5 * std::sqrt(2 / double(n)), 0.1) << "a tenth more would show";
    }
  }
}

// A bound of zero is the limit of small ones: with soft bounds such a device does not move up, and comes back at once.
TEST(DeviceResponse, OfSoftBoundsIsContinuousAtABoundOfZero) {
  DevicePreset p = without_spread(without_cycle_noise(device_preset("reram-sb")));
  for (const double bound : {1e-5, 1e-7, 0.0}) {
    p.w_max = std::max(bound, 1e-300);
    DeviceArray array("devices", 1, 1, p, 1);
    const auto pulse = [&](float state, float count) {
      array.set_state(Matrix<float>::Constant(1, 1, state));
      array.pulse(Matrix<float>::Constant(1, 1, count), 0, 1);
      return double(array.state()(0));
    };
    EXPECT_NEAR(pulse(float(bound), 1), 0, 2e-5) << bound;
    EXPECT_NEAR(pulse(-0.3f, 1), 0, 2e-5) << bound;
    EXPECT_NEAR(pulse(0.0f, -1), -p.dw_min, 2e-5) << bound;
  }
}

std::string reason(const StepTable& table) {
  try {
    check(table);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(StepTable, SaysWhatIsWrong) {
  const StepTable good = table_device().table;
  EXPECT_EQ(reason(good), "");
  const auto with = [&](auto change) {
    StepTable bad = good;
    change(bad);
    return reason(bad);
  };
  const double nan = std::nan("");
  EXPECT_EQ(reason({}), "steps up: a table needs at least two states");
  EXPECT_EQ(with([](StepTable& t) { t.down = {{0}, {0.1}, {0}}; }), "steps down: a table needs at least two states");
  EXPECT_EQ(with([](StepTable& t) { t.up.mean.pop_back(); }), "steps up: every state needs a mean and a deviation");
  EXPECT_EQ(with([](StepTable& t) { t.down.state[1] = -0.8; }), "steps down: states are not ascending in row 2");
  EXPECT_EQ(with([&](StepTable& t) { t.up.mean[2] = nan; }), "steps up: not a finite number in row 3");
  EXPECT_EQ(with([](StepTable& t) { t.up.deviation[4] = -1e-9; }), "steps up: a negative deviation in row 5");
  EXPECT_EQ(with([](StepTable& t) { t.down.mean = {0, 0, -1}; }), "steps down: no mean step is positive");
  DevicePreset p = table_device();
  p.table.up.state.clear();
  EXPECT_THROW(DeviceArray("devices", 1, 1, p, 1), InputError);
}

}  // namespace
}  // namespace settle::test::device_response_test
