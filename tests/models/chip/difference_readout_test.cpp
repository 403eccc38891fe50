#include "settle/models/chip/difference_readout.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/memory_archive.h"

namespace settle::test::difference_readout_test {
namespace {

constexpr Index neurons = 500, samples = 60;
const Block block{samples - 5, 20, 0, 1};  // five columns of padding are free

Matrix<float> some_state() {
  Matrix<float> state(neurons, samples);
  for (Index i = 0; i < state.size(); ++i) state(i) = std::sin(float(i));
  return state;
}

// What a read-out of 8 bits books at a gain, and at a rate of its ADCs.
Ledger booked(double rate_hz, double settle_s, float gain, double& seconds) {
  ChipSpec chip;
  chip.adc_rate_hz = rate_hz;
  Meter meter(chip);
  DifferenceReadoutSpec spec;
  spec.amplifier.settle_s = settle_s;
  DifferenceReadout readout(spec, "population", neurons, 1, 1 / gain, 1, meter);
  EXPECT_EQ(readout.gain(), gain);
  const Matrix<float> state = some_state();
  Matrix<float> difference;
  readout.hold(block, state);
  seconds = readout.read(block, state, state, 0, difference);
  // behind the gain, or as a buffer of held states in a conversion's time alone
  const double per_second = std::max(double(gain) / (settle_s + 1 / rate_hz), rate_hz);
  EXPECT_NEAR(readout.largest_gbw_hz() / (per_second * 9 * std::log(2.0) / (2 * M_PI)), 1, 1e-6);
  return meter.ledger();
}

// The bias of an amplifier follows from the bandwidth that its gain leaves: 2 pi GBW C / (gm/I_D) is gain C 9 ln 2 / t
// / 15 V, and at least 2 uA. A gain of 1024 would need 100 GHz and 4 mA in a conversion's 10 ns, and 21 us at 2 uA.
TEST(DifferenceReadout, AmplifiersFollowTheirGain) {
  const double per_gain_s_a = 100e-15 * 9 * std::log(2.0) / 15;
  EXPECT_NEAR(1024 * per_gain_s_a / 2e-6, 21e-6, 0.5e-6);
  const double count = double(neurons * block.samples);
  for (const float gain : {1.0f, 32.0f, 1024.0f})
    for (const double settle_s : {0.0, 190e-9, 1e-3}) {
      double seconds = 0;
      const Ledger ledger = booked(100e6, settle_s, gain, seconds);
      const double needed_a = double(gain) * per_gain_s_a / (settle_s + 10e-9);
      const Action& decides = needed_a > 2e-6 ? action::amplifier_bandwidth : action::difference_amplifier;
      int found = 0;
      for (const Ledger::Row& row : ledger.rows()) {
        if (row.action != &action::amplifier_bandwidth && row.action != &action::difference_amplifier) continue;
        ++found;
        EXPECT_EQ(row.action, &decides);
        const double expected = std::max(needed_a, 2e-6) * 0.9 * (settle_s + seconds) * count;
        EXPECT_NEAR(row.energy.supplied / expected, 1, 1e-6);
        EXPECT_NEAR(row.seconds, (settle_s + seconds) * double(block.samples), 1e-12);
      }
      EXPECT_EQ(found, 1);
    }
}

// Of each sample, beyond one code outside the range. What is lost of their energy is what lies beyond.
TEST(DifferenceReadout, CountsWhatItsConvertersClip) {
  Meter meter{ChipSpec{}};
  DifferenceReadoutSpec spec;
  spec.adc.bits = 8;
  DifferenceReadout readout(spec, "population", neurons, 1, 1, 1, meter);
  Matrix<float> state = Matrix<float>::Constant(neurons, samples, 1.0f), change(neurons, samples), read;
  change.setZero();
  change.topRows(25).setConstant(-1.1f);
  change.middleRows(25, 10).setConstant(1.001f);  // the last code, if not quite
  readout.hold(block, state);
  readout.read(block, state, change, 0, read);
  readout.read_held(block, 0, state);
  const double readings = double(neurons * block.samples);
  EXPECT_EQ(readout.clipped_differences().codes, readings);
  EXPECT_EQ(readout.clipped_differences().clipped, 25.0 * double(block.samples));
  const double limit = 1 + 1.0 / 128;
  const double lost = 25 * (1.1 * 1.1 - limit * limit) / (25 * 1.1 * 1.1 + 10 * 1.001 * 1.001);
  EXPECT_NEAR(readout.clipped_differences().lost_energy(), lost, 1e-5);
  EXPECT_EQ(readout.clipped_states().codes, readings);
  EXPECT_EQ(readout.clipped_states().clipped, 0);
  readout.restart_counts();
  EXPECT_EQ(readout.clipped_differences().codes, 0);
}

TEST(DifferenceReadout, BooksSamplesAndTheAmplifier) {
  Meter meter{ChipSpec{}};
  DifferenceReadout readout({}, "population", neurons, 1, 1, 1, meter);
  const Matrix<float> state = some_state();
  Matrix<float> difference;
  readout.hold(block, state);
  const double seconds = readout.read(block, state, state, 0, difference);
  EXPECT_EQ(seconds, meter.costs().adc_conversion_s(neurons));
  const double count = double(neurons * block.samples);
  ASSERT_EQ(meter.ledger().rows().size(), 5u);
  for (const Ledger::Row& row : meter.ledger().rows()) {
    if (row.component == "population_adc") {
      const bool reference = row.action == &action::adc_reference;
      const double adcs = 63, each_j = row.action == &action::thermal_conversion ? 1.2e-17 * 65536 : 26.2e-15 * 256;
      EXPECT_EQ(row.count, count);
      EXPECT_NEAR(row.energy.supplied / (reference ? 9e-6 * adcs * seconds * double(block.samples) : each_j * count), 1,
                  1e-9);
      continue;
    }
    EXPECT_EQ(row.component, "population_hold");
    const bool amplifier = row.action == &action::amplifier_bandwidth;
    const double bias_a = 100e-15 * 9 * std::log(2.0) / 10e-9 / 15;
    const double expected = amplifier ? bias_a * 0.9 * seconds * count : 2 * 100e-15 * 0.4 * 0.9 * count;
    EXPECT_NEAR(row.count, amplifier ? count : 2 * count, 0);
    EXPECT_NEAR(row.energy.supplied, expected, 1e-9 * expected);
  }
}

// What a capacitor holds is buffered while it is converted, at a gain of one: held states, and clamped ones where both
// are read at full scale.
TEST(DifferenceReadout, BooksTheBufferOfHeldStates) {
  for (const bool absolute : {false, true}) {
    Meter meter{ChipSpec{}};
    DifferenceReadoutSpec spec;
    spec.readout = absolute ? Readout::absolute : Readout::difference;
    spec.amplifier.settle_s = 20e-9;
    DifferenceReadout readout(spec, "population", neurons, 1, 1.0 / 64, 1, meter);
    const Matrix<float> state = some_state();
    Matrix<float> read;
    const auto amplifiers_j = [&] {
      double joules = 0;
      for (const Ledger::Row& row : meter.ledger().rows())
        if (row.action == &action::amplifier_bandwidth || row.action == &action::difference_amplifier)
          joules += row.energy.supplied;
      return joules;
    };
    readout.hold(block, state);
    EXPECT_EQ(amplifiers_j(), 0);
    const double count = double(neurons * block.samples), per_hz_a = 2 * M_PI * 100e-15 / 15;
    const auto bias_a = [&](double gain, double settle_s) {
      return std::max(2e-6, per_hz_a * gain * 9 * std::log(2.0) / (2 * M_PI * settle_s));
    };
    double seconds = readout.read_held(block, 0, read);
    const double buffered = amplifiers_j();
    EXPECT_NEAR(buffered / (bias_a(1, 10e-9) * 0.9 * seconds * count), 1, 1e-6);
    EXPECT_GT(bias_a(1, 10e-9), 2e-6);
    seconds = readout.read(block, state, state, 0, read);
    EXPECT_NEAR((amplifiers_j() - buffered) / (bias_a(absolute ? 1 : 64, 30e-9) * 0.9 * (20e-9 + seconds) * count), 1,
                1e-6);
  }
}

// A design rule asks for it at the end of a run that may have been interrupted.
TEST(DifferenceReadout, KeepsTheLargestGain) {
  Meter meter{ChipSpec{}};
  const auto make = [&] { return DifferenceReadout({}, "population", neurons, 1, 1, 1, meter); };
  DifferenceReadout readout = make();
  const auto range_for = [&](float size) {
    const Matrix<float> state = some_state();
    Matrix<float> difference;
    readout.hold(block, state);
    readout.read(block, state, Matrix<float>::Constant(neurons, samples, size), 0, difference);
    readout.range();
  };
  range_for(1e-3f);
  const double largest_hz = readout.largest_gbw_hz();
  range_for(0.1f);
  EXPECT_GT(largest_hz, 10 * readout.gain() * 9 * std::log(2.0) / (2 * M_PI * 10e-9));
  MemoryArchive archive;
  readout.visit_state(archive);
  archive.rewind();
  DifferenceReadout again = make();
  again.visit_state(archive);
  EXPECT_EQ(again.gain(), readout.gain());
  EXPECT_EQ(again.largest_gbw_hz(), largest_hz);
}

}  // namespace
}  // namespace settle::test::difference_readout_test
