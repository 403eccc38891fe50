// What a chip reads of differences that are zero, before and after its amplifiers are calibrated.
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/memory_archive.h"

namespace settle::test::auto_zero_test {
namespace {

constexpr Index samples = 100, readings = 32, neurons = 300;
constexpr double offset = 2e-3, full_scale_c = 100e-15 * 0.4;

// Errors of the read-out that do not change from sample to sample, and nothing else that is not ideal.
ChipDesign chip_with_offsets() {
  ChipDesign design = exact_chip({10, neurons, 200, 3});
  design.amplifier.offset = offset;
  design.amplifier.auto_zero = 3;
  design.hold.injection_c = 1e-16;
  design.hold.injection_mismatch = 0.2;
  design.hold.leakage_a = 1e-11;
  design.hold.leakage_mismatch = 0.2;
  return design;
}

// What population 1 reads, in fractions of full scale, as the difference of samples that nothing nudges.
Matrix<double> read_zero(Chip& chip) {
  const Samples data = random_samples(10, 3, samples);
  Matrix<float> error = Matrix<float>::Zero(3, samples);
  std::vector<Matrix<float>> differences;
  chip.present({samples, samples, 0, 1}, data.pixels);
  chip.settle_free(Use::learning);
  chip.hold();
  chip.nudge(error);
  chip.settle_clamped(Sign::first);
  chip.read_differences(differences);
  return differences[1].cast<double>() * chip.circuit().scale(1);
}

// Whether a calibration was due; if so, it has taken time.
bool calibrate(Chip& chip) {
  const Time before = chip.meter().now();
  const bool due = chip.auto_zero();
  EXPECT_EQ(chip.meter().now() != before, due);
  return due;
}

void on_chip(const ChipDesign& design, const std::function<void(Chip&)>& body) {
  Chip chip(design);
  chip.pass(chip.initialise());
  const Samples data = random_samples(10, 3, samples);
  chip.measure_settling(data.pixels, data.labels);
  body(chip);
}

double rms(const Matrix<double>& m) { return std::sqrt(m.squaredNorm() / double(m.size())); }

TEST(AutoZero, RemovesOffsetPedestalAndDroop) {
  for (const Analysis analysis : {Analysis::operating_point, Analysis::map}) {
    ChipDesign design = chip_with_offsets();
    design.settling.analysis = analysis;
    on_chip(design, [](Chip& chip) {
      EXPECT_GT(rms(read_zero(chip)), offset);
      EXPECT_TRUE(calibrate(chip));
      EXPECT_LT(rms(read_zero(chip)), 1e-6);
    });
  }
}

// The held states of a batch fall for as long as the clamped phase and a DAC take, and rise by the pedestal at once.
TEST(AutoZero, WithoutItADifferenceShowsPedestalAndDroop) {
  ChipDesign design = chip_with_offsets();
  design.amplifier.offset = design.hold.injection_mismatch = design.hold.leakage_mismatch = 0;
  design.hold.leakage_a = 1e-9;
  on_chip(design, [](Chip& chip) {
    const double held_s = chip.settling_times().clamped_s + chip.meter().costs().dac_conversion_s();
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
  ChipDesign design = chip_with_offsets();
  design.learning.nudging = Nudging::symmetric;
  design.hold.leakage_a = 1e-9;
  on_chip(design, [](Chip& chip) {
    const auto both = [&]() {
      Matrix<double> half = read_zero(chip);
      Matrix<float> error = Matrix<float>::Zero(3, samples);
      std::vector<Matrix<float>> differences;
      chip.nudge(error);
      chip.settle_clamped(Sign::second);
      chip.read_differences(differences);
      half -= differences[1].cast<double>() * chip.circuit().scale(1);
      return Matrix<double>(0.5 * half);
    };
    EXPECT_GT(rms(both()), 1e-4);
    EXPECT_TRUE(calibrate(chip));
    EXPECT_LT(rms(both()), 1e-6);
  });
}

// What is left is the noise of the mean of the readings: two samplings and the amplifier each.
void expect_noise_of_readings_left(Analysis analysis) {
  ChipDesign design = chip_with_offsets();
  design.settling.analysis = analysis;
  design.neuron.noise = 3e-4;
  design.amplifier.noise = 4e-4;
  on_chip(design, [](Chip& chip) {
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
  on_chip(chip_with_offsets(), [](Chip& chip) {
    std::vector<bool> due;
    for (int batch = 0; batch < 8; ++batch) {
      if (batch == 5) chip.difference_readout(1).set_gain(chip.difference_readout(1).gain() / 2);
      due.push_back(calibrate(chip));
    }
    EXPECT_EQ(due, (std::vector<bool>{true, false, false, true, false, true, false, false}));
  });
  ChipDesign never = chip_with_offsets();
  never.amplifier.auto_zero = 0;
  on_chip(never, [](Chip& chip) { EXPECT_FALSE(calibrate(chip)); });
}

TEST(AutoZero, CostsEnergyAndTimeButIsNoSettling) {
  on_chip(chip_with_offsets(), [](Chip& chip) {
    const auto conversions = [&] {
      double count = 0;
      for (const Ledger::Row& row : chip.meter().ledger().rows())
        if (row.action == &action::output_conversion) count += row.count;
      return count;
    };
    const auto gains = [&] {
      return std::make_pair(chip.difference_readout(1).gain(), chip.difference_readout(2).gain());
    };
    const auto gains_before = gains();
    const double start = chip.meter().now().to_seconds();
    calibrate(chip);
    EXPECT_EQ(conversions(), readings * (neurons + 200));
    const SettlingTimes times = chip.settling_times();
    const Costs& costs = chip.meter().costs();
    const double each = 2 * costs.dac_conversion_s() + times.free_s + times.clamped_s + costs.adc_conversion_s(neurons);
    EXPECT_NEAR(chip.meter().now().to_seconds() - start, readings * each, 1e-6 * readings * each);
    const Ledger& ledger = chip.meter().ledger();
    EXPECT_EQ(ledger.time(Section::programming, Phase::calibration).to_seconds(),
              chip.meter().now().to_seconds() - start);
    for (const Ledger::Row& row : ledger.rows())
      EXPECT_TRUE(row.action == &action::leakage ||
                  (row.phase == Phase::calibration) == (row.action->rail != Rail::write))
          << row.action->name;
    EXPECT_EQ(chip.free_count().samples, 0);
    chip.range_amplifiers();
    EXPECT_EQ(gains(), gains_before);
  });
}

// What a calibration's converters clip is no difference that training has lost.
TEST(AutoZero, IsNotCountedAsClipping) {
  ChipDesign design = chip_with_offsets();
  design.amplifier.offset = 0.2;  // beyond what the converters reach behind their gain
  design.converter.adc_bits = 8;
  on_chip(design, [](Chip& chip) {
    const Clipping& counts = chip.difference_readout(1).clipped_differences();
    read_zero(chip);
    const Clipping before = counts;
    ASSERT_GT(before.clipped, 0);
    calibrate(chip);
    EXPECT_EQ(counts.codes, before.codes);
    EXPECT_EQ(counts.clipped, before.clipped);
    EXPECT_EQ(counts.squares, before.squares);
    EXPECT_EQ(counts.lost_squares, before.lost_squares);
  });
}

// A second nudge waits for the converters of the first reading, and the held states fall for longer; they themselves
// are converted after the differences.
TEST(AutoZero, WithoutItTheSecondSignAndTheHeldStateDroopForLonger) {
  ChipDesign design = chip_with_offsets();
  design.learning.nudging = Nudging::symmetric;
  design.amplifier.offset = design.hold.injection_c = design.hold.leakage_mismatch = 0;
  design.hold.leakage_a = 1e-9;
  on_chip(design, [](Chip& chip) {
    const SettlingTimes times = chip.settling_times();
    const double dac_s = chip.meter().costs().dac_conversion_s();
    const double adc_s = chip.meter().costs().adc_conversion_s(neurons);
    const double per_s = 1e-9 / full_scale_c;
    read_zero(chip);
    Matrix<float> error = Matrix<float>::Zero(3, samples);
    std::vector<Matrix<float>> differences, held;
    chip.nudge(error);
    chip.settle_clamped(Sign::second);
    chip.read_differences(differences);
    chip.read_held(held);
    const double held_s = 2 * dac_s + times.clamped_s + adc_s + times.second_sign_s;
    EXPECT_NEAR(double(differences[1](0, 0)) * chip.circuit().scale(1), per_s * held_s, 1e-6 * per_s * held_s + 1e-7);
    EXPECT_NEAR(double(chip.state().bank(1).state(0, 0) - held[1](0, 0)), per_s * (held_s + adc_s),
                1e-6 * per_s * held_s + 1e-6);
  });
}

// Chips that show what they are driven for to who watches.
class WatchedPhases : public Kernel {
 public:
  void watch(const Chip& chip) { chip_ = &chip; }
  void notify() override {
    if (chip_ != nullptr) seen_.push_back(chip_->driven_phase());
  }
  const std::vector<Phase>& seen() const { return seen_; }

 private:
  const Chip* chip_ = nullptr;
  std::vector<Phase> seen_;
};

TEST(AutoZero, IsSeenPhaseByPhase) {
  WatchedPhases kernel;
  Chip chip(chip_with_offsets(), &kernel);
  chip.initialise();
  const Samples data = random_samples(10, 3, samples);
  chip.measure_settling(data.pixels, data.labels);
  kernel.watch(chip);
  chip.auto_zero();
  EXPECT_EQ(kernel.seen(), (std::vector<Phase>{Phase::idle, Phase::free, Phase::idle, Phase::clamped, Phase::idle}));
}

// A chip that was kept and read again calibrates when, and as, the first one does.
TEST(AutoZero, GoesOnFromWhatIsKept) {
  ChipDesign design = chip_with_offsets();
  design.amplifier.noise = 4e-4;
  design.hold.leakage_a = 1e-9;
  const auto zero_of = [](Chip& chip) {
    MemoryArchive archive;
    chip.visit_state(archive);
    return archive.at("/populations/hidden1/zero_0");
  };
  on_chip(design, [&](Chip& first) {
    calibrate(first);
    // the error is recomputed once: differences are read later than one clamped phase makes them
    first.present({samples, samples, 0, 1}, random_samples(10, 3, samples).pixels);
    first.settle_free(Use::learning);
    first.hold();
    std::vector<Matrix<float>> differences;
    for (int round = 0; round < 2; ++round) {
      first.nudge(Matrix<float>::Zero(3, samples));
      first.settle_clamped(Sign::first);
    }
    first.read_differences(differences);
    calibrate(first);
    MemoryArchive archive;
    first.visit_state(archive);
    archive.rewind();
    on_chip(design, [&](Chip& second) {
      second.visit_state(archive);
      EXPECT_TRUE(zero_of(second) == zero_of(first));
      for (const bool due : {false, true, false}) {
        EXPECT_EQ(calibrate(first), due);
        EXPECT_EQ(calibrate(second), due);
        EXPECT_TRUE(zero_of(second) == zero_of(first));
      }
    });
  });
}

// The second sign's zero is not kept there: it is calibrated before it is used.
TEST(AutoZero, OfASymmetricNudgeGoesOnFromAOneSidedOne) {
  ChipDesign design = chip_with_offsets();
  on_chip(design, [&](Chip& one_sided) {
    calibrate(one_sided);
    MemoryArchive archive;
    one_sided.visit_state(archive);
    archive.rewind();
    design.learning.nudging = Nudging::symmetric;
    on_chip(design, [&](Chip& chip) {
      chip.visit_state(archive);
      EXPECT_TRUE(calibrate(chip));
      EXPECT_FALSE(calibrate(chip));
    });
  });
}

// The gain that a batch's differences leave room for: four times their rms is within full scale.
TEST(AutoZero, AmplifiersAreRangedByTheLastBatch) {
  on_chip(exact_chip({10, neurons, 200, 3}), [](Chip& chip) {
    Host({}, chip).train(random_samples(10, 3, samples), range(0, samples));
    for (const Index p : {1, 2}) {
      const Matrix<double> d = chip.state().bank(p).difference.leftCols(samples).cast<double>();
      const double room = 1 / (4 * rms(d) * chip.circuit().scale(p));
      const double gain = double(chip.difference_readout(p).gain());
      EXPECT_LE(gain, room) << p;
      EXPECT_GT(2 * gain, room) << p;
    }
  });
}

}  // namespace
}  // namespace settle::test::auto_zero_test
