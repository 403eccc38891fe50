// The chip's area, component by component.
#include "models/cost/area.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "models/network/topology.h"

namespace settle::test {
namespace {

// 20 inputs, hidden populations of 10 and 9, 3 outputs.
Graph network(bool symmetric) {
  GraphSpec spec{20, {10, 9}, 3};
  spec.feedback = symmetric ? Feedback::symmetric : Feedback::random;
  return layered(spec);
}

AreaRow row(const char* component, bool symmetric = true, const ChipSpec& chip = {}) {
  for (const AreaRow& r : chip_area(chip, {}, network(symmetric)))
    if (r.component == component) return r;
  throw std::logic_error("no such row");
}

// A device and its reference for each weight; feedback of its own takes a second array where there is any.
TEST(Area, Cells) {
  const double weights = 20 * 10 + 10 * 9 + 9 * 3;
  EXPECT_EQ(row("cells").count, 2 * weights);
  EXPECT_EQ(row("cells", false).count, 2 * (weights + 10 * 9 + 9 * 3));
  EXPECT_NEAR(row("cells").area_m2[1], 2 * weights * 12 * 32e-9 * 32e-9, 1e-20);
  ChipSpec wider;
  wider.node = 64;
  EXPECT_NEAR(row("cells", true, wider).area_m2[1], 4 * row("cells").area_m2[1], 1e-20);
}

TEST(Area, NeuronsAndTheirAmplifiers) {
  EXPECT_EQ(row("neurons").count, 19);
  EXPECT_NEAR(row("neurons").area_m2[1], 19 * 100e-12, 1e-18);
  EXPECT_EQ(row("hold and difference amplifiers").count, 19);
  EXPECT_NEAR(row("hold and difference amplifiers").area_m2[1], 19 * 200e-12, 1e-18);
}

// Eight columns share an ADC, within a population: 2 for 10, 2 for 9, 1 for 3.
TEST(Area, Converters) {
  EXPECT_EQ(row("ADCs").count, 5);
  EXPECT_NEAR(row("ADCs").area_m2[1], 5 * 2600e-12, 1e-18);
  EXPECT_EQ(row("DACs").count, 20 + 3);
  EXPECT_NEAR(row("DACs").area_m2[1], 23 * 500e-12, 1e-18);
}

TEST(Area, IsNothingElse) { EXPECT_EQ(chip_area({}, {}, network(true)).size(), 5u); }

}  // namespace
}  // namespace settle::test
