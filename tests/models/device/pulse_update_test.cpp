// Updates in place: coincident trains on an array of devices, against single pulses in the order of the samples.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"
#include "settle/models/learning/pulse_trains.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::pulse_update_test {
namespace {

Matrix<float> uniform(Index rows, Index cols, std::uint64_t which) {
  Engine engine(Stream(1, "values", Purpose::test), which);
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

PulseTrainBlock trains(Index targets, Index sources, Index samples, double pulses, PulseCoding coding = {}) {
  const Matrix<float> pre = uniform(sources, samples, 0), post = uniform(targets, samples, 1);
  PulseTrains generator(Stream(1, "trains", Purpose::pulse_trains), coding);
  return generator.generate(columns(pre, 0, samples), columns(post, 0, samples), pulses, 1.0, 0);
}

constexpr Index targets = 150, sources = 41, samples = 70;  // no multiples of what the kernel cuts them into

DeviceArray devices(const DevicePreset& p) {
  DeviceArray array("devices", targets, sources, p, 1);
  array.set_state(Matrix<float>::Constant(targets, sources, float(p.w_min + 0.45 * (p.w_max - p.w_min))));
  return array;
}

// The same pulses, one by one.
PulseSum pulse_singly(DeviceArray& array, const PulseTrainBlock& block, Coincidence coincidence) {
  Matrix<float> counts;
  PulseSum sum;
  std::uint64_t round = 1000;
  for (Index s = 0; s < block.samples(); ++s) {
    count_coincidences(block, s, coincidence, counts);
    for (; (counts.array() != 0).any(); counts -= Matrix<float>(counts.array().sign()))
      sum += array.pulse(counts.array().sign(), round++, 2);
  }
  return sum;
}

constexpr Coincidence all_coincidences[] = {Coincidence::up_and_down, Coincidence::down_and_up, Coincidence::up_alone,
                                            Coincidence::negative_alone};

TEST(PulseUpdate, WithoutNoiseFollowsSinglePulsesInTheirOrder) {
  const PulseTrainBlock block = trains(targets, sources, samples, 6);
  for (const DevicePreset& preset : every_response()) {
    for (const Coincidence coincidence : all_coincidences) {
      SCOPED_TRACE(preset.name + std::to_string(int(coincidence)));
      const DevicePreset p = without_cycle_noise(preset);
      DeviceArray array = devices(p), singly = devices(p);
      const PulseSum sum = array.pulse(block, 0, 1, coincidence);
      const PulseSum single_sum = pulse_singly(singly, block, coincidence);
      // After 100 pulses: less than a pulse's step on any device, and on average a small part of one.
      const Matrix<double> error = (array.state() - singly.state()).cast<double>();
      const double cells = double(error.size());
      EXPECT_LT(error.cwiseAbs().maxCoeff(), 0.5 * p.dw_min);
      EXPECT_LT(error.norm() / std::sqrt(cells), 0.05 * p.dw_min);
      EXPECT_LT(std::abs(error.sum()) / cells, 0.01 * p.dw_min);
      EXPECT_EQ(sum.pulses, single_sum.pulses);
      EXPECT_NEAR(sum.state / sum.pulses, single_sum.state / sum.pulses, 1e-4 * (p.w_max - p.w_min));
    }
  }
}

// Differences of two samples' mean and variance, in their standard errors.
struct Off {
  double mean, variance;
};
Off off(const Matrix<float>& first, const Matrix<float>& second) {
  const Eigen::ArrayXd a = first.cast<double>().reshaped().array(), b = second.cast<double>().reshaped().array();
  const Eigen::ArrayXd a2 = (a - a.mean()).square(), b2 = (b - b.mean()).square();
  const auto variance = [](const Eigen::ArrayXd& x) { return (x - x.mean()).square().mean(); };
  const double n = double(a.size());
  return {(a.mean() - b.mean()) / std::sqrt((a2.mean() + b2.mean()) / n),
          (a2.mean() - b2.mean()) / std::sqrt((variance(a2) + variance(b2)) / n)};
}

TEST(PulseUpdate, HasTheNoiseOfSinglePulses) {
  const PulseTrainBlock block = trains(targets, sources, samples, 6);
  for (const DevicePreset& preset : every_response()) {
    SCOPED_TRACE(preset.name);
    const DevicePreset p = without_spread(preset);
    DeviceArray quiet = devices(without_cycle_noise(p)), array = devices(p), singly = devices(p);
    pulse_singly(quiet, block, Coincidence::up_and_down);
    pulse_singly(singly, block, Coincidence::up_and_down);
    array.pulse(block, 0, 2);
    const Off o = off(array.state() - quiet.state(), singly.state() - quiet.state());
    EXPECT_LT(std::abs(o.mean), 5);
    EXPECT_LT(std::abs(o.variance), 5);
    DevicePreset noisier = p;
    noisier.ctoc *= 1.1;
    if (p.dw_min > 0.005 || p.response == Response::table) continue;  // near their bounds soon
    DeviceArray other = devices(noisier);
    other.pulse(block, 0, 2);
    EXPECT_GT(off(other.state() - quiet.state(), singly.state() - quiet.state()).variance, 5) << "a tenth more shows";
  }
}

// The change of devices of constant steps, away from their bounds, along the outer product that was asked for, over
// what it should be: the mean over blocks of samples, and its standard error.
struct Ratio {
  double mean, error;
};
Ratio along_the_outer_product(double pulses, Index many) {
  constexpr Index rows = 20, cols = 30, blocks = 50;
  DevicePreset p = without_spread(device_preset("rpu-target"));
  p.w_max = 1e4;
  p.w_min = -1e4;
  const Matrix<float> x = uniform(cols, 1, 0), d = uniform(rows, 1, 1);
  const Matrix<float> pre = x.replicate(1, many / blocks), post = d.replicate(1, many / blocks);
  const Matrix<double> product = d.cast<double>() * x.cast<double>().transpose();
  const double rate = pulses * p.dw_min / product.cwiseAbs().maxCoeff();
  const Matrix<double> wanted = rate * double(pre.cols()) * product;
  PulseTrains generator(Stream(1, "trains", Purpose::pulse_trains));
  double sum = 0, squares = 0;
  for (Index b = 0; b < blocks; ++b) {
    DeviceArray array("devices", rows, cols, p, 1);
    array.pulse(generator.generate(columns(pre, 0, pre.cols()), columns(post, 0, pre.cols()), rate, p.dw_min,
                                   std::uint64_t(b * pre.cols())),
                std::uint64_t(b), 2);
    const double r = array.state().cast<double>().cwiseProduct(wanted).sum() / wanted.squaredNorm();
    sum += r;
    squares += r * r;
  }
  const double mean = sum / blocks;
  return {mean, std::sqrt((squares / blocks - mean * mean) / blocks)};
}

TEST(PulseUpdate, IsTheOuterProductOnAverage) {
  const std::pair<double, Index> cases[] = {{0.4, 60000}, {3.0, 20000}, {12.0, 10000}, {30.5, 5000}};
  for (const auto& [pulses, many] : cases) {
    const Ratio ratio = along_the_outer_product(pulses, many);
    EXPECT_LT(5 * ratio.error, 0.01) << "too few samples to tell: a bias of one per cent must show";
    EXPECT_LT(std::abs(ratio.mean - 1), 5 * ratio.error) << pulses;
  }
}

TEST(PulseUpdate, GivesTheSameBytesOnAnyNumberOfThreads) {
  const PulseTrainBlock block = trains(targets, sources, samples, 9);
  for (const DevicePreset& p : every_response()) {
    SCOPED_TRACE(p.name);
    DeviceArray one = devices(p);
    const PulseSum sum = one.pulse(block, 3, 1);
    for (const int threads : {2, 5}) {
      DeviceArray other = devices(p);
      const PulseSum other_sum = other.pulse(block, 3, threads);
      EXPECT_EQ(one.state(), other.state());
      EXPECT_EQ(sum.pulses, other_sum.pulses);
      EXPECT_EQ(sum.state, other_sum.state);
    }
    DeviceArray again = devices(p);
    again.pulse(block, 4, 2);
    EXPECT_NE(one.state(), again.state()) << "another round has other noise";
  }
}

TEST(PulseUpdate, PulsesWhereLinesCoincide) {
  for (const PulseCoding coding : {PulseCoding::stochastic, PulseCoding::deterministic}) {
    for (const Index rows : {1, 10, 16, 63, 129}) {
      for (const Index cols : {1, 33}) {
        const PulseTrainBlock block = trains(rows, cols, 67, 20, coding);
        for (const Coincidence coincidence : all_coincidences) {
          double expected = 0;
          Matrix<float> counts;
          for (Index s = 0; s < block.samples(); ++s) {
            count_coincidences(block, s, coincidence, counts);
            expected += counts.cast<double>().cwiseAbs().sum();
          }
          DeviceArray array("devices", rows, cols, device_preset("ecram"), 1);
          EXPECT_EQ(array.pulse(block, 0, 1, coincidence).pulses, expected);
        }
      }
    }
  }
}

TEST(PulseUpdate, OfTheOtherDeviceOfAPairIsTheReverse) {
  PulseTrainBlock block = trains(targets, sources, samples, 9);
  DeviceArray array = devices(device_preset("ecram")), other = devices(device_preset("ecram"));
  array.pulse(block, 0, 1, Coincidence::down_and_up);
  block.words = block.words.unaryExpr([](std::uint32_t word) { return word ^ PulseTrainBlock::train_sign; });
  other.pulse(block, 0, 1, Coincidence::up_and_down);
  EXPECT_EQ(array.state(), other.state());
}

// Devices that wear take another way: the same pulses.
TEST(PulseUpdate, OfDevicesThatWear) {
  const PulseTrainBlock block = trains(targets, sources, samples, 9);
  DevicePreset p = without_cycle_noise(device_preset("ecram")), worn = p;
  worn.endurance = 1e15;
  DeviceArray array = devices(p), other = devices(worn);
  EXPECT_EQ(array.pulse(block, 0, 1).pulses, other.pulse(block, 0, 1).pulses);
  EXPECT_LT((array.state() - other.state()).cwiseAbs().maxCoeff(), 2e-4f);
  worn.endurance = 10;
  DeviceArray tired = devices(worn);
  EXPECT_EQ(tired.pulse(block, 0, 1).pulses, array.pulse(block, 1, 1).pulses) << "in vain, but sent";
  EXPECT_GT((tired.cells().lower.array() == tired.cells().upper.array()).count(), targets * sources / 2);
}

TEST(PulseUpdate, IsRefusedByOtherArrays) {
  const PulseTrainBlock block = trains(targets, sources, 3, 9);
  DeviceArray small("devices", targets - 1, sources, device_preset("ecram"), 1);
  EXPECT_THROW(small.pulse(block, 0, 1), std::logic_error);
  DeviceArray exact("devices", targets, sources, device_preset("ideal"), 1);
  EXPECT_THROW(exact.pulse(block, 0, 1), std::logic_error);
}

}  // namespace
}  // namespace settle::test::pulse_update_test
