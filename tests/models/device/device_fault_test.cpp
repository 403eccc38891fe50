// Devices that do not move, from the start or after a while, and those that move by themselves.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::device_fault_test {
namespace {

constexpr Index rows = 101, cols = 203;
constexpr double n = rows * cols;

Matrix<float> filled(float value) { return Matrix<float>::Constant(rows, cols, value); }

DevicePreset faulty() {
  DevicePreset p = device_preset("ecram");
  p.stuck_on = 0.1;
  p.stuck_off = 0.2;
  p.dead = 0.05;
  return p;
}

bool stuck(const DeviceArray& a, Index i) { return a.cells().lower(i) == a.cells().upper(i); }

TEST(DeviceFaults, AreAsManyAsThePresetSays) {
  const DevicePreset p = faulty();
  DevicePreset healthy = p;
  healthy.stuck_on = healthy.stuck_off = healthy.dead = 0;
  const DeviceArray array("devices", rows, cols, p, 1), whole("devices", rows, cols, healthy, 1);
  double on = 0, off = 0, between = 0, place = 0;
  for (Index i = 0; i < array.state().size(); ++i) {
    if (!stuck(array, i)) continue;
    const float at = array.cells().upper(i), lower = whole.cells().lower(i), upper = whole.cells().upper(i);
    if (at == upper) {
      on += 1;
    } else if (at == lower) {
      off += 1;
    } else {
      between += 1;
      place += double((at - lower) / (upper - lower));
    }
  }
  const auto off_by = [](double count, double share) {
    return (count - share * n) / std::sqrt(n * share * (1 - share));
  };
  EXPECT_LT(std::abs(off_by(on, p.stuck_on)), 5);
  EXPECT_LT(std::abs(off_by(off, p.stuck_off)), 5);
  EXPECT_LT(std::abs(off_by(between, p.dead)), 5);
  EXPECT_NEAR(place / between, 0.5, 5 / std::sqrt(12 * between));
  // a tenth more would show
  EXPECT_LT(off_by(on, 1.2 * p.stuck_on), -5);
  EXPECT_LT(off_by(off, 1.1 * p.stuck_off), -5);
  EXPECT_LT(off_by(between, 1.25 * p.dead), -5);
}

TEST(DeviceFaults, LeaveTheOtherDevicesAsTheyAre) {
  DevicePreset healthy = faulty();
  healthy.stuck_on = healthy.stuck_off = healthy.dead = 0;
  DeviceArray array("devices", rows, cols, faulty(), 1), whole("devices", rows, cols, healthy, 1);
  EXPECT_EQ(array.cells().up, whole.cells().up);
  EXPECT_EQ(array.cells().slope_down, whole.cells().slope_down);
  array.pulse(filled(7), 0, 1);
  whole.pulse(filled(7), 0, 1);
  for (Index i = 0; i < array.state().size(); ++i) {
    if (stuck(array, i)) continue;
    EXPECT_EQ(array.cells().upper(i), whole.cells().upper(i));
    EXPECT_EQ(array.state()(i), whole.state()(i));
  }
}

TEST(DeviceFaults, AreMovedByNothing) {
  for (DevicePreset p : every_response()) {
    SCOPED_TRACE(p.name);
    p.stuck_on = p.stuck_off = p.dead = 0.2;
    DeviceArray array("devices", rows, cols, p, 1);
    const Matrix<float> first = array.state();
    array.pulse(filled(3), 0, 2);
    array.pulse(filled(-200), 1, 2);
    array.add(filled(0.1f), 2);
    array.decay(0.5, 2);
    array.set_state(filled(0.123f));
    for (Index i = 0; i < first.size(); ++i) {
      if (!stuck(array, i)) continue;
      EXPECT_EQ(array.state()(i), first(i));
    }
  }
}

TEST(DeviceFaults, AllOfThem) {
  DevicePreset p = faulty();
  p.dead = 1;
  const DeviceArray array("devices", rows, cols, p, 1);
  EXPECT_EQ(array.cells().lower, array.cells().upper);
}

TEST(DeviceEndurance, EndsAsThePresetSays) {
  DevicePreset p = without_spread(device_preset("rpu-target"));
  p.ctoc = 0;
  p.endurance = 200;
  p.endurance_dtod = 0.3;
  const auto life_of = [](const DevicePreset& preset) {
    DeviceArray array("devices", rows, cols, preset, 1);
    // Up and down in turn, so that no bound is met; the life of a device is even, or one less.
    Matrix<double> life = Matrix<double>::Zero(rows, cols);
    PulseSum sum;
    for (std::uint64_t round = 0; round < 600; ++round) {
      const Matrix<float> before = array.state();
      sum += array.pulse(filled(round % 2 ? -1.0f : 1.0f), round, 1);
      life += (array.state().array() != before.array()).cast<double>().matrix();
    }
    EXPECT_EQ(sum.pulses, 600 * n) << "pulses cost energy, in vain or not";
    return life;
  };
  const auto off = [&](const Matrix<double>& life, double median, double spread) {
    const Eigen::ArrayXd logs = (life.reshaped().array() + 0.5).log() - std::log(median);
    const double variance = (logs - logs.mean()).square().mean();
    return std::array<double, 2>{logs.mean() / std::sqrt(variance / n),
                                 (variance / (spread * spread) - 1) / std::sqrt(2 / n)};
  };
  const Matrix<double> life = life_of(p);
  for (const double o : off(life, 200, 0.3)) EXPECT_LT(std::abs(o), 5);
  EXPECT_LT(off(life, 220, 0.3)[0], -5);
  EXPECT_LT(off(life, 200, 0.33)[1], -5);
}

// However the pulses come, a device takes as many.
TEST(DeviceEndurance, CountsPulses) {
  DevicePreset p = without_spread(device_preset("rpu-target"));
  p.ctoc = 0;
  p.endurance = 100.5;
  DeviceArray array("devices", 1, 3, p, 1);
  Matrix<float> counts(1, 3);
  counts << 1000, -60, 2;
  const PulseSum sum = array.pulse(counts, 0, 1);
  EXPECT_EQ(sum.pulses, 1062);
  array.pulse(-counts, 1, 1);
  const auto step = float(p.dw_min);
  EXPECT_NEAR(array.state()(0), 100 * step, 1e-6);
  EXPECT_NEAR(array.state()(1), (-60 + 40) * step, 1e-6);
  EXPECT_NEAR(array.state()(2), 0, 1e-6);
  array.set_state(Matrix<float>::Constant(1, 3, 0.5f));
  EXPECT_NEAR(array.state()(0), 100 * step, 1e-6) << "stuck where it was";
  EXPECT_EQ(array.state()(2), 0.5f);
}

TEST(DeviceEndurance, WithoutEndChangesNothing) {
  DevicePreset p = device_preset("ecram"), endless = p;
  endless.endurance = 1e15;
  DeviceArray array("devices", rows, cols, p, 1), other("devices", rows, cols, endless, 1);
  EXPECT_EQ(array.pulse(filled(40), 0, 2).state, other.pulse(filled(40), 0, 2).state);
  EXPECT_EQ(array.state(), other.state());
}

TEST(DeviceDecay, IsByTheFactor) {
  DeviceArray array("devices", rows, cols, device_preset("capacitor"), 1);
  array.set_state(filled(0.5f));
  array.decay(0.25, 2);
  EXPECT_EQ(array.state(), filled(0.125f));
  DeviceArray exact("devices", 1, 1, device_preset("ideal"), 1);
  exact.set_state(Matrix<float>::Constant(1, 1, 8.0f));
  exact.decay(0.25, 1);
  EXPECT_EQ(exact.state()(0), 2.0f);
}

TEST(DeviceEndurance, IncludesTheLastPulse) {
  DevicePreset p = without_spread(device_preset("rpu-target"));
  p.ctoc = 0;
  p.endurance = 3;
  DeviceArray array("devices", 1, 1, p, 1);
  for (const int moves : {1, 2, 3, 3}) {
    array.pulse(Matrix<float>::Constant(1, 1, 1), 0, 1);
    EXPECT_NEAR(array.state()(0), moves * p.dw_min, 1e-6);
  }
}

// A reset is a pulse, too.
TEST(DeviceEndurance, CountsResets) {
  DevicePreset p = without_spread(device_preset("pcm-pair"));
  p.endurance = 3;
  p.reset = 0.5;
  p.reset_dtod = 0;
  DeviceArray array("devices", 1, 2, p, 1);
  Matrix<float> counts(1, 2), which(1, 2);
  counts << 1, 0;
  which << 1, 0;
  array.pulse(counts, 0, 1);
  array.reset(which, 1, 1);
  array.pulse(counts, 2, 1);  // the last one
  const float worn = array.state()(0);
  EXPECT_GT(worn, 0.5f);
  EXPECT_EQ(array.reset(which, 3, 1).pulses, 1) << "it costs energy";
  EXPECT_EQ(array.state()(0), worn);
  which << 0, 1;
  for (const std::uint64_t round : {4, 5, 6}) array.reset(which, round, 1);
  counts << 0, 1;
  array.pulse(counts, 7, 1);
  EXPECT_EQ(array.state()(1), 0.5f) << "worn by resets alone";
}

TEST(DeviceDecay, LeavesStuckDevicesAlone) {
  DevicePreset p = device_preset("capacitor");
  p.dead = 1;
  DeviceArray array("devices", rows, cols, p, 1);
  const Matrix<float> before = array.state();
  ASSERT_GT(before.cwiseAbs().maxCoeff(), 0.5f);
  array.decay(0.25, 2);
  EXPECT_EQ(array.state(), before);
}

TEST(DeviceEnds, AreThoseThatPulsesCannotMoveOn) {
  DeviceArray array("devices", rows, cols, faulty(), 1);
  double movable = 0;
  for (Index i = 0; i < array.state().size(); ++i) movable += !stuck(array, i);
  EXPECT_EQ(array.ends().devices, n);
  EXPECT_EQ(array.ends().movable, movable);
  EXPECT_EQ(array.ends().at_upper + array.ends().at_lower, 0);
  Matrix<float> states = Matrix<float>::Zero(rows, cols);
  double high = 0;
  for (Index i = 0; i < 50; ++i) states(i) = 1e6f, high += !stuck(array, i);
  states.col(9).setConstant(-1e6f);
  double low = 0;
  for (Index i = 0; i < rows; ++i) low += !stuck(array, 9 * rows + i);
  array.set_state(states);
  EXPECT_EQ(array.ends().at_upper, high);
  EXPECT_EQ(array.ends().at_lower, low);
  EXPECT_EQ(array.ends().worn, 0);
}

TEST(DeviceEnds, CountWhatIsWornOut) {
  DevicePreset p = device_preset("ecram");
  p.endurance = 10;
  p.endurance_dtod = 0;
  DeviceArray array("devices", rows, cols, p, 1);
  Matrix<float> counts = Matrix<float>::Zero(rows, cols);
  counts.col(3).setConstant(10);
  counts.col(4).setConstant(-9);
  array.pulse(counts, 0, 1);
  EXPECT_EQ(array.ends().worn, rows);
  EXPECT_EQ(array.ends().movable, n - rows);
}

TEST(DeviceEnds, ExactDevicesHaveNone) {
  DeviceArray array("devices", rows, cols, device_preset("ideal"), 1);
  array.set_state(filled(1e6f));
  EXPECT_EQ(array.ends().at_upper, 0);
  EXPECT_EQ(array.ends().worn, 0);
}

}  // namespace
}  // namespace settle::test::device_fault_test
