// The noise of a write: an apparent state that is drawn anew when a device is pulsed, over a hidden one that persists.
#include "settle/models/device/write_noise.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "tests/models/device/device_examples.h"
#include "tests/models/memory_archive.h"

namespace settle::test::write_noise_test {
namespace {

constexpr Index rows = 100, cols = 100;
constexpr double n = double(rows * cols), sigmas = 5;

using Values = Eigen::ArrayXd;

Matrix<float> constant(float value) { return Matrix<float>::Constant(rows, cols, value); }

// What reads find beyond the hidden state, of devices that are not stuck, in units of the deviation that is claimed.
Values noise_of(const DeviceArray& array, double sigma) {
  const Matrix<float> noise = array.apparent() - array.state();
  std::vector<double> values;
  for (Index i = 0; i < noise.size(); ++i)
    if (array.cells().lower(i) < array.cells().upper(i)) values.push_back(double(noise(i)) / sigma);
  return Values::Map(values.data(), Index(values.size()));
}

// Distances of mean, variance and fourth moment from those of a standard normal number, in standard errors.
double furthest(const Values& x) {
  const double root = std::sqrt(double(x.size()));
  return std::max({std::abs(x.mean()) * root, std::abs(x.square().mean() - 1) / std::sqrt(2.0) * root,
                   std::abs(x.pow(4).mean() - 3) / std::sqrt(96.0) * root});
}

template <class Body>
void for_each_noisy_device(const Body& body) {
  int found = 0;
  for (const DevicePreset& p : device_presets()) {
    if (p.write_noise == 0) continue;
    SCOPED_TRACE(p.name);
    body(p);
    ++found;
  }
  EXPECT_EQ(found, 4);
}

// As published for the fits: 0.101, 0.112, 0.134 and 0.27 of the state.
TEST(WriteNoise, IsThatOfTheSources) {
  const auto sigma = [](const char* name) { return device_preset(name).write_noise * device_preset(name).dw_min; };
  EXPECT_NEAR(sigma("reram-es"), 0.101, 0.0005);
  EXPECT_NEAR(sigma("reram-sb"), 0.112, 0.0005);
  EXPECT_NEAR(sigma("reram-om"), 0.134, 0.0005);
  EXPECT_NEAR(sigma("reram-hfo2"), 0.27, 0.0005);
}

TEST(WriteNoise, OfAPopulationAfterNoOneAndAHundredPulses) {
  for_each_noisy_device([](const DevicePreset& p) {
    const double sigma = p.write_noise * p.dw_min;
    DevicePreset more = p;
    more.write_noise *= 1.1;
    DeviceArray array("devices", rows, cols, p, 1), other("devices", rows, cols, more, 1);
    EXPECT_EQ(array.apparent(), array.state()) << "before the first pulse";
    Values first, second;
    for (const float pulses : {1.0f, 100.0f, -1.0f}) {
      for (DeviceArray* a : {&array, &other}) a->pulse(constant(pulses), pulses == 1 ? 0 : pulses > 1 ? 1 : 2, 2);
      EXPECT_LT(furthest(noise_of(array, sigma)), sigmas) << pulses;
      EXPECT_GT(furthest(noise_of(other, sigma)), sigmas) << pulses << ": a tenth more would show";
      first = second;
      second = noise_of(array, sigma);
      if (first.size() == 0) continue;
      EXPECT_LT(std::abs((first * second).mean()) * std::sqrt(n), sigmas) << "draws of one device hang together";
    }
  });
}

TEST(WriteNoise, StandsWhereNothingIsTouched) {
  for_each_noisy_device([](const DevicePreset& p) {
    DeviceArray array("devices", rows, cols, p, 1);
    array.pulse(constant(3), 0, 1);
    const Matrix<float> before = array.apparent();
    Matrix<float> counts = Matrix<float>::Zero(rows, cols);
    for (Index i = 0; i < counts.size(); i += 3) counts(i) = i % 2 == 0 ? 1.0f : -2.0f;
    array.pulse(counts, 1, 1);
    Index moved = 0;
    for (Index i = 0; i < counts.size(); ++i) {
      if (counts(i) == 0) {
        ASSERT_EQ(array.apparent()(i), before(i)) << i;
      }
      moved += array.apparent()(i) != before(i);
    }
    const double free = 1 - p.dead;
    EXPECT_NEAR(double(moved) / (n / 3), free, sigmas * std::sqrt(free * (1 - free) / (n / 3)) + 1e-3);
  });
}

// Pulses move the hidden state, and its noise does not add up: with and without it, that is the same.
TEST(WriteNoise, LeavesTheHiddenStateAlone) {
  for_each_noisy_device([](const DevicePreset& p) {
    DevicePreset quiet = p;
    quiet.write_noise = 0;
    DeviceArray noisy("devices", rows, cols, p, 1), other("devices", rows, cols, quiet, 1);
    for (int round = 0; round < 5; ++round)
      for (DeviceArray* a : {&noisy, &other})
        a->pulse(constant(round % 2 == 0 ? 4.0f : -1.0f), std::uint64_t(round), 1);
    EXPECT_EQ(noisy.state(), other.state());
    EXPECT_EQ(other.apparent(), other.state());
    EXPECT_EQ(other.write_noise().size(), 0) << "what no device has takes no memory";
  });
}

// Devices on whose lines trains coincide with a sign that makes a pulse have been touched, and no others.
TEST(WriteNoise, OfTrainsIsDrawnWhereTheyCoincide) {
  const std::uint32_t negative = PulseTrainBlock::train_sign;
  PulseTrainBlock trains;
  trains.words.resize(2, 2);
  trains.words << 1u, 2u, 0u, 4u;
  trains.bits.resize(3, 2);
  trains.bits << 1u, 0u, 3u | negative, 0u, 0u, 4u;
  trains.slots = {2, 3};
  Matrix<float> positive(3, 2), all(3, 2);
  positive << 1, 0, 0, 0, 0, 1;
  all << 1, 0, 1, 1, 0, 1;
  const auto touched = [&](Coincidence coincidence, int threads) {
    DeviceArray array("devices", 3, 2, device_preset("reram-es"), 1);
    array.pulse(trains, 5, threads, coincidence);
    return Matrix<float>((array.write_noise().array() != 0).cast<float>());
  };
  for (const int threads : {1, 3}) {
    EXPECT_EQ(touched(Coincidence::up_and_down, threads), all);
    EXPECT_EQ(touched(Coincidence::down_and_up, threads), all);
    EXPECT_EQ(touched(Coincidence::up_alone, threads), positive);
    EXPECT_EQ(touched(Coincidence::negative_alone, threads), all - positive);
  }
}

TEST(WriteNoise, FollowsSeedNameAndRoundAlone) {
  const auto drawn = [](const char* name, std::uint64_t seed, std::uint64_t round, int threads) {
    DeviceArray array(name, rows, cols, device_preset("reram-es"), seed);
    array.pulse(constant(1), round, threads);
    return array.write_noise();
  };
  const Matrix<float> first = drawn("a", 1, 7, 1);
  EXPECT_EQ(first, drawn("a", 1, 7, 4));
  EXPECT_NE(first, drawn("b", 1, 7, 1));
  EXPECT_NE(first, drawn("a", 2, 7, 1));
  EXPECT_NE(first, drawn("a", 1, 8, 1));
}

TEST(WriteNoise, IsKeptInACheckpoint) {
  DeviceArray array("devices", rows, cols, device_preset("reram-sb"), 1), other = array;
  array.pulse(constant(5), 0, 1);
  MemoryArchive archive;
  array.visit_state(archive);
  archive.rewind();
  other.visit_state(archive);
  EXPECT_EQ(other.apparent(), array.apparent());
  EXPECT_NE(other.apparent(), other.state());
}

// A state that is set is exact; devices that are already there keep what they have.
TEST(WriteNoise, GoesWithStatesThatAreSet) {
  DevicePreset device = without_spread(device_preset("reram-sb"));
  DeviceArray array("devices", rows, cols, device, 1);
  array.pulse(constant(5), 0, 1);
  const Matrix<float> before = array.apparent();
  Matrix<float> states = array.state();
  states.col(3).setConstant(0.25f);
  array.set_state(states);
  EXPECT_EQ(array.apparent().leftCols(3), before.leftCols(3));
  EXPECT_EQ(array.apparent().col(3), states.col(3));
}

// A reset leaves a device at its own small state above the lower bound: max(0, N(reset, spread)).
TEST(DeviceReset, LeavesDevicesWhereThePresetSays) {
  const DevicePreset& p = device_preset("pcm-pair");
  constexpr Index many = 200;
  const auto off = [&](const DevicePreset& drawn) {
    DeviceArray array("devices", many, many, drawn, 1);
    array.set_state(Matrix<float>::Constant(many, many, 1));
    const PulseSum sum = array.reset(Matrix<float>::Constant(many, many, 1), 0, 1);
    EXPECT_EQ(sum.pulses, double(many * many));
    EXPECT_NEAR(sum.state, 0.5 * double((1 + array.state().cast<double>().array()).sum()), 1e-3);
    const Values states = array.state().cast<double>().reshaped().array();
    const double z = p.reset / p.reset_dtod, inside = 0.5 * std::erfc(-z / std::sqrt(2.0));
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI);
    const double mean = p.reset * inside + p.reset_dtod * density;
    const double square = (p.reset * p.reset + p.reset_dtod * p.reset_dtod) * inside + p.reset * p.reset_dtod * density;
    const auto distance = [](const Values& v, double expected) {
      return std::abs(v.mean() - expected) / std::sqrt((v - v.mean()).square().mean() / double(v.size()));
    };
    return std::max(distance(states, mean), distance(states.square(), square));
  };
  EXPECT_LT(off(p), sigmas);
  for (double DevicePreset::*member : {&DevicePreset::reset, &DevicePreset::reset_dtod}) {
    DevicePreset more = p;
    more.*member *= 1.1;
    EXPECT_GT(off(more), sigmas);
  }
  DeviceArray array("devices", 2, 2, p, 1);
  array.set_state(Matrix<float>::Constant(2, 2, 1));
  Matrix<float> which = Matrix<float>::Zero(2, 2);
  which(0, 1) = 1;
  array.reset(which, 0, 1);
  EXPECT_LT(array.state()(0, 1), 0.2f);
  EXPECT_EQ(array.state()(1, 1), 1.0f);
}

}  // namespace
}  // namespace settle::test::write_noise_test
