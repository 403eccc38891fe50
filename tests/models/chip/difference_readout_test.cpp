#include "models/chip/difference_readout.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

constexpr Index neurons = 500, samples = 60;
const Block block{samples - 5, 20, 0, 1};  // five columns of padding are free

Matrix<float> some_state() {
  Matrix<float> state(neurons, samples);
  for (Index i = 0; i < state.size(); ++i) state(i) = std::sin(float(i));
  return state;
}

TEST(DifferenceReadout, BooksSamplesAndTheAmplifier) {
  Meter meter{ChipSpec{}};
  DifferenceReadout readout({}, "population", neurons, 1, 1, 1, meter);
  const Matrix<float> state = some_state();
  Matrix<float> difference;
  readout.hold(block, state, {});
  const double seconds = readout.read(block, state, state, 0, {}, difference);
  EXPECT_EQ(seconds, meter.costs().adc_conversion_s(neurons));
  const double count = double(neurons * block.samples);
  ASSERT_EQ(meter.ledger().rows().size(), 3u);
  for (const Ledger::Row& row : meter.ledger().rows()) {
    if (row.action == &action::output_conversion) {
      EXPECT_EQ(row.component, "population_adc");
      EXPECT_EQ(row.count, count);
      continue;
    }
    EXPECT_EQ(row.component, "population_hold");
    const bool amplifier = row.action == &action::difference_amplifier;
    const double expected = amplifier ? 2e-6 * 0.9 * seconds * count : 2 * 100e-15 * 0.4 * 0.9 * count;
    EXPECT_NEAR(row.count, amplifier ? count : 2 * count, 0);
    EXPECT_NEAR(row.energy.supplied, expected, 1e-9 * expected);
  }
}

}  // namespace
}  // namespace settle::test
