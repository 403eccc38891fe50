// What converters clip, counted.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/chip/difference_readout.h"
#include "settle/models/numeric/sums.h"

namespace settle::test::clipping_test {
namespace {

// Four bits: a code is 1/8, and what is beyond 9/8 is clipped by more than a code.
TEST(Clipping, IsCountedExactly) {
  const Block block{5, 2, 0, 2};  // a column of padding
  Meter meter{ChipSpec{}};
  const AdcRow adc("adc", AdcBank({4, 1.0f}, {}, 3, 8, "adc", 1), meter);
  Matrix<float> values = Matrix<float>::Constant(3, 6, 0.5f);
  values(0, 0) = 2;
  values(2, 1) = -1.5f;
  values(1, 4) = 1.12f;  // clipped, but by less than a code
  values.col(5).setConstant(9);
  Clipping count;
  adc.count_clipped(block, values, 1, count);
  EXPECT_EQ(count.codes, 15);
  EXPECT_EQ(count.clipped, 2);
  const double lost = (4 - 81.0 / 64) + (2.25 - 81.0 / 64), all = 4 + 2.25 + 1.12 * 1.12 + 12 * 0.25;
  EXPECT_NEAR(count.lost_energy(), lost / all, 1e-6);

  // a gain of 4 makes 0.5 a 2, and everything is clipped
  Clipping amplified;
  adc.count_clipped(block, values, 4, amplified);
  EXPECT_EQ(amplified.clipped, 15);
  const double limit = 81.0 / 64 / 16;
  EXPECT_NEAR(amplified.lost_energy(), 1 - 15 * limit / all, 1e-6);
}

TEST(Clipping, ExactConvertersDoNot) {
  Meter meter{ChipSpec{}};
  const AdcRow adc("adc", AdcBank({0, 1.0f}, {}, 3, 8, "adc", 1), meter);
  Clipping count;
  adc.count_clipped({1, 1, 0, 1}, Matrix<float>::Constant(3, 1, 9), 1, count);
  EXPECT_EQ(count.codes, 0);
}

// Vectors and the rest of a column alike.
TEST(Clipping, SumsBeyondALimit) {
  for (const Index rows : {1, 7, 8, 33}) {
    Matrix<float> x(rows, 3);
    for (Index i = 0; i < x.size(); ++i) x(i) = 2 * std::sin(float(i));
    double count = 0, squares = 0;
    for (Index i = 0; i < x.size(); ++i)
      if (std::abs(x(i)) > 1.25f) count += 1, squares += double(x(i)) * double(x(i)) - 1.25 * 1.25;
    x(0) = std::nanf("");  // sin(0) is within
    const Beyond found = beyond(1.25f, columns(std::as_const(x), 0, 3));
    EXPECT_EQ(found.count, count);
    EXPECT_NEAR(found.squares, squares, 1e-5 * (1 + squares));
  }
}

// A larger headroom leaves a gain that clips less.
TEST(Clipping, HeadroomLeavesRoom) {
  Meter meter{ChipSpec{}};
  const Block block{40, 20, 0, 1};
  Matrix<float> state = Matrix<float>::Zero(50, 40), change(50, 40), difference;
  for (Index i = 0; i < change.size(); ++i) change(i) = 1e-3f * std::tan(1.5f * std::sin(float(i)));
  double last = 2;
  float last_gain = 2000;
  for (const double headroom : {1.0, 4.0}) {
    DifferenceReadoutSpec spec;
    spec.adc = {8, 1.0f};
    spec.amplifier.headroom = headroom;
    DifferenceReadout readout(spec, "population", 50, 1, 0.1, 1, meter);
    for (int batch = 0; batch < 2; ++batch) {
      readout.restart_counts();
      readout.hold(block, state);
      readout.read(block, state, change, 0, difference);
      if (batch == 0) readout.range();
    }
    EXPECT_LT(readout.clipped_differences().lost_energy(), last);
    EXPECT_LT(readout.gain(), last_gain);
    last = readout.clipped_differences().lost_energy();
    last_gain = readout.gain();
  }
}

}  // namespace
}  // namespace settle::test::clipping_test
