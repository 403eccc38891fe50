// What a chip reads of differences that are zero, before and after its amplifiers are calibrated.
#include <gtest/gtest.h>

#include "tests/hw/in_child.h"
#include "tests/hw/small_chip.h"

namespace settle::test {
namespace {

constexpr Index samples = 100, readings = 32, neurons = 300;
constexpr double offset = 2e-3, full_scale_c = 100e-15 * 0.4;

// Errors of the read-out that do not change from sample to sample, and nothing else that is not ideal.
hw::SubstrateSpec chip_with_offsets() {
  hw::SubstrateSpec spec = exact_chip({10, neurons, 200, 3});
  spec.amplifier.offset = offset;
  spec.amplifier.auto_zero = 3;
  spec.hold.injection_c = 1e-16;
  spec.hold.injection_mismatch = 0.2;
  spec.hold.leakage_a = 1e-11;
  spec.hold.leakage_mismatch = 0.2;
  return spec;
}

// What population 1 reads, in fractions of full scale, as the difference of samples that nothing nudges.
Matrix<double> read_zero(hw::Chip& chip) {
  const Samples data = random_samples(10, 3, samples);
  sc_core::sc_time delay;
  hw::Substrate& s = chip.substrate;
  Matrix<float> error = Matrix<float>::Zero(3, samples), difference;
  s.present({samples, samples, 0, 1}, data.pixels, delay);
  s.settle_free(true, delay);
  s.hold(delay);
  s.nudge(error, delay);
  s.settle_clamped(/*turned=*/false, delay);
  s.read_difference(1, difference, delay);
  sc_core::wait(delay);
  return difference.cast<double>() * s.loop().scale[1];
}

// Whether a calibration was due.
bool calibrate(hw::Chip& chip) {
  sc_core::sc_time delay;
  chip.substrate.auto_zero(delay);
  sc_core::wait(delay);
  return delay != sc_core::SC_ZERO_TIME;
}

void on_chip(const hw::SubstrateSpec& spec, const std::function<void(hw::Chip&)>& body) {
  in_child([&]() {
    run_chip(spec, {}, [&](hw::Chip& chip) {
      sc_core::wait(chip.substrate.initialise());
      chip.host.measure_settling(random_samples(10, 3, samples));
      body(chip);
    });
  });
}

double rms(const Matrix<double>& m) { return std::sqrt(m.squaredNorm() / double(m.size())); }

TEST(AutoZero, RemovesOffsetPedestalAndDroop) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map}) {
    hw::SubstrateSpec spec = chip_with_offsets();
    spec.settling.analysis = analysis;
    on_chip(spec, [](hw::Chip& chip) {
      EXPECT_GT(rms(read_zero(chip)), offset);
      EXPECT_TRUE(calibrate(chip));
      EXPECT_LT(rms(read_zero(chip)), 1e-6);
    });
  }
}

// The held states of a batch fall for as long as the clamped phase and a DAC take, and rise by the pedestal at once.
TEST(AutoZero, WithoutItADifferenceShowsPedestalAndDroop) {
  hw::SubstrateSpec spec = chip_with_offsets();
  spec.amplifier.offset = spec.hold.injection_mismatch = spec.hold.leakage_mismatch = 0;
  spec.hold.leakage_a = 1e-9;
  on_chip(spec, [](hw::Chip& chip) {
    const double held_s = chip.substrate.settling_times().clamped_s + chip.meter.costs().dac_conversion_s();
    const Matrix<double> seen = read_zero(chip);
    ASSERT_GT(held_s, 1e-8);
    for (Index i = 0; i < 16; ++i) {
      const double turn_s = double(i % 8) / 100e6;
      EXPECT_NEAR(seen(i, 0), (1e-9 * (held_s + turn_s) - 1e-16) / full_scale_c, 1e-7) << i;
    }
  });
}

// The second reading of a symmetric nudge comes later, when the capacitors have lost more: half the difference of two
// zeros that were taken at one time would not be zero.
TEST(AutoZero, HasAZeroForEachSignOfASymmetricNudge) {
  hw::SubstrateSpec spec = chip_with_offsets();
  spec.learning.nudging = Nudging::symmetric;
  spec.hold.leakage_a = 1e-9;
  on_chip(spec, [](hw::Chip& chip) {
    const auto both = [&]() {
      hw::Substrate& s = chip.substrate;
      Matrix<double> half = read_zero(chip);
      sc_core::sc_time delay;
      Matrix<float> error = Matrix<float>::Zero(3, samples), difference;
      s.nudge(error, delay);
      s.settle_clamped(/*turned=*/true, delay);
      s.read_difference(1, difference, delay);
      half -= difference.cast<double>() * s.loop().scale[1];
      return Matrix<double>(0.5 * half);
    };
    EXPECT_GT(rms(both()), 1e-4);
    EXPECT_TRUE(calibrate(chip));
    EXPECT_LT(rms(both()), 1e-6);
  });
}

// What is left is the noise of the mean of the readings: two samplings and the amplifier each.
void expect_noise_of_readings_left(Analysis analysis) {
  hw::SubstrateSpec spec = chip_with_offsets();
  spec.settling.analysis = analysis;
  spec.neuron.noise = 3e-4;
  spec.amplifier.noise = 4e-4;
  on_chip(spec, [](hw::Chip& chip) {
    calibrate(chip);
    const Matrix<double> seen = read_zero(chip);
    const double noise = std::sqrt(2 * 3e-4 * 3e-4 + 4e-4 * 4e-4);
    const double left = rms(seen.rowwise().mean()) / (noise * std::sqrt(1.0 / readings + 1.0 / samples));
    EXPECT_LT(std::abs(left * left - 1), 5 * std::sqrt(2.0 / neurons));
    EXPECT_NEAR(rms(seen) / noise, std::sqrt(1 + 1.0 / readings), 5 / std::sqrt(2.0 * neurons * readings));
  });
}

TEST(AutoZero, LeavesTheNoiseOfItsReadings) {
  expect_noise_of_readings_left(Analysis::operating_point);
  expect_noise_of_readings_left(Analysis::transient);
}

TEST(AutoZero, IsDueAfterSoManyBatchesAndForANewGain) {
  on_chip(chip_with_offsets(), [](hw::Chip& chip) {
    std::vector<bool> due;
    for (int batch = 0; batch < 8; ++batch) {
      if (batch == 5) chip.substrate.gains()[1] /= 2;
      due.push_back(calibrate(chip));
    }
    EXPECT_EQ(due, (std::vector<bool>{true, false, false, true, false, true, false, false}));
  });
  hw::SubstrateSpec never = chip_with_offsets();
  never.amplifier.auto_zero = 0;
  on_chip(never, [](hw::Chip& chip) { EXPECT_FALSE(calibrate(chip)); });
}

TEST(AutoZero, CostsEnergyAndTimeButIsNoSettling) {
  on_chip(chip_with_offsets(), [](hw::Chip& chip) {
    const auto conversions = [&] {
      double count = 0;
      for (const Ledger::Row& row : chip.meter.ledger().rows())
        if (row.action == Action::output_conversion) count += row.count;
      return count;
    };
    const std::vector<float> gains = chip.substrate.gains();
    const double start = sc_core::sc_time_stamp().to_seconds();
    calibrate(chip);
    EXPECT_EQ(conversions(), readings * (neurons + 200));
    const SettlingTimes times = chip.substrate.settling_times();
    const Costs& costs = chip.meter.costs();
    const double each = 2 * costs.dac_conversion_s() + times.free_s + times.clamped_s + costs.adc_conversion_s(neurons);
    EXPECT_NEAR(sc_core::sc_time_stamp().to_seconds() - start, readings * each, 1e-6 * readings * each);
    EXPECT_EQ(chip.substrate.free_count().samples, 0);
    chip.substrate.range_amplifiers();
    EXPECT_EQ(chip.substrate.gains(), gains);
  });
}

// A second nudge waits for the converters of the first reading, and the held states fall for longer; they themselves
// are converted after the differences.
TEST(AutoZero, WithoutItTheSecondSignAndTheHeldStateDroopForLonger) {
  hw::SubstrateSpec spec = chip_with_offsets();
  spec.nudging = Nudging::symmetric;
  spec.amplifier.offset = spec.hold.injection_c = spec.hold.leakage_mismatch = 0;
  spec.hold.leakage_a = 1e-9;
  on_chip(spec, [](hw::Chip& chip) {
    const SettlingTimes times = chip.substrate.settling_times();
    const double dac_s = chip.meter.costs().dac_conversion_s(), adc_s = chip.meter.costs().adc_conversion_s(neurons);
    const double per_s = 1e-9 / full_scale_c;
    read_zero(chip);
    sc_core::sc_time delay;
    Matrix<float> error = Matrix<float>::Zero(3, samples), difference, held;
    chip.substrate.nudge(error, delay);
    chip.substrate.settle_clamped(/*turned=*/true, delay);
    chip.substrate.read_difference(1, difference, delay);
    chip.substrate.read_held(1, held, delay);
    const double held_s = 2 * dac_s + times.clamped_s + adc_s + times.turned_s;
    EXPECT_NEAR(double(difference(0, 0)) * chip.substrate.loop().scale[1], per_s * held_s,
                1e-6 * per_s * held_s + 1e-7);
    EXPECT_NEAR(double(chip.substrate.bank(1).state().state(0, 0) - held(0, 0)), per_s * (held_s + adc_s),
                1e-6 * per_s * held_s + 1e-6);
  });
}

// The gain that a batch's differences leave room for: four times their rms is within full scale.
TEST(AutoZero, AmplifiersAreRangedByTheLastBatch) {
  on_chip(exact_chip({10, neurons, 200, 3}), [](hw::Chip& chip) {
    chip.host.train(random_samples(10, 3, samples), range(0, samples));
    for (const Index p : {1, 2}) {
      const Matrix<double> d = chip.substrate.bank(p).state().difference.leftCols(samples).cast<double>();
      const double room = 1 / (4 * rms(d) * chip.substrate.loop().scale[std::size_t(p)]);
      const double gain = double(chip.substrate.gains()[std::size_t(p)]);
      EXPECT_LE(gain, room) << p;
      EXPECT_GT(2 * gain, room) << p;
    }
  });
}

}  // namespace
}  // namespace settle::test
