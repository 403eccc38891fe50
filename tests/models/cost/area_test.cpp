// The chip's area, component by component.
#include "settle/models/cost/area.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "settle/models/network/topology.h"

namespace settle::test::area_test {
namespace {

// 20 inputs, hidden populations of 10 and 9, 3 outputs.
Graph network(bool symmetric) {
  GraphSpec spec{20, {10, 9}, 3};
  spec.feedback = symmetric ? Feedback::symmetric : Feedback::random;
  return layered(spec);
}

AreaRow row(const char* component, bool symmetric = true, const ChipSpec& chip = {}, const AreaParts& parts = {}) {
  for (const AreaRow& r : chip_area(chip, {}, network(symmetric), parts))
    if (r.component == component) return r;
  throw std::logic_error("no such row");
}

// A device and its reference for each weight; feedback of its own takes a second array where there is any.
TEST(Area, Cells) {
  const double weights = 20 * 10 + 10 * 9 + 9 * 3;
  EXPECT_EQ(row("cells").count, 2 * weights);
  EXPECT_EQ(row("cells", false).count, 2 * (weights + 10 * 9 + 9 * 3));
  EXPECT_NEAR(row("cells").area_m2, 2 * weights * 12 * 32e-9 * 32e-9, 1e-20);
  ChipSpec wider;
  wider.node = 64;
  EXPECT_NEAR(row("cells", true, wider).area_m2, 4 * row("cells").area_m2, 1e-20);
}

TEST(Area, NeuronsAndTheirAmplifiers) {
  EXPECT_EQ(row("neurons").count, 19);
  EXPECT_NEAR(row("neurons").area_m2, 19 * 100e-12, 1e-18);
  EXPECT_EQ(row("hold and difference amplifiers").count, 19);
  EXPECT_NEAR(row("hold and difference amplifiers").area_m2, 19 * 200e-12, 1e-18);
}

// Eight columns share an ADC, within a population: 2 for 10, 2 for 9, 1 for 3.
TEST(Area, Converters) {
  EXPECT_EQ(row("ADCs").count, 5);
  EXPECT_NEAR(row("ADCs").area_m2, 5 * 4030e-12, 1e-18);
  EXPECT_EQ(row("DACs").count, 20 + 3);
  EXPECT_NEAR(row("DACs").area_m2, 23 * 500e-12, 1e-18);
}

// Half of a converter of 8 bits is capacitors, which double with each bit. A rate that takes three converters in turn,
// 10 bits at 500 MS/s in 11 cycles of 2 GHz, takes the area of three.
TEST(Area, FinerAndFasterConvertersAreLarger) {
  AreaParts parts;
  for (const auto& [bits, factor] : {std::pair{0, 1.0}, {8, 1.0}, {9, 1.5}, {11, 4.5}, {4, 0.5 + 0.5 / 16}}) {
    parts.adc_bits = parts.dac_bits = bits;
    EXPECT_NEAR(row("ADCs", true, {}, parts).area_m2, factor * 5 * 4030e-12, 1e-18) << bits;
    EXPECT_NEAR(row("DACs", true, {}, parts).area_m2, factor * 23 * 500e-12, 1e-18) << bits;
  }
  ChipSpec fast;
  fast.adc_rate_hz = 500e6;
  parts.adc_bits = 10;
  EXPECT_NEAR(row("ADCs", true, fast, parts).area_m2, 3 * 2.5 * 5 * 4030e-12, 1e-18);
  fast.adc_rate_hz = 2e9 / 11;  // just one
  EXPECT_NEAR(row("ADCs", true, fast, parts).area_m2, 2.5 * 5 * 4030e-12, 1e-18);
}

// A decoder for each word line, and a link for each bit of each converter.
TEST(Area, DecodersAndLinks) {
  AreaParts parts;
  parts.decoded_lines = 39;
  EXPECT_EQ(row("decoders", true, {}, parts).count, 39);
  EXPECT_NEAR(row("decoders", true, {}, parts).area_m2, 39 * 3e-12, 1e-20);
  parts.adc_bits = 6;
  parts.dac_bits = 4;
  EXPECT_EQ(row("links of codes", true, {}, parts).count, 5 * 6 + 23 * 4);
  EXPECT_NEAR(row("links of codes", true, {}, parts).area_m2, (5 * 6 + 23 * 4) * 10e-12, 1e-20);
}

// Each component's area is in proportion to the figure that its row names, and to no other.
TEST(Area, IsInProportionToItsFigure) {
  const AreaParts parts{2, 5, 39, 0, 0, true};
  const std::vector<AreaRow> nominal = chip_area({}, {}, network(true), parts);
  for (const AreaRow& named : nominal) {
    CostSpec cost;
    int changed = 0;
    for (const Parameter& parameter : parameters(cost))
      if ("cost." + parameter.name == named.figure) {
        (*std::get<EstimateValue>(parameter.value).member)[1] *= 3;
        ++changed;
      }
    EXPECT_EQ(changed, 1) << named.figure << " is no figure";
    const std::vector<AreaRow> scaled = chip_area({}, cost, network(true), parts);
    for (std::size_t i = 0; i < nominal.size(); ++i) {
      const double factor = nominal[i].component == named.component ? 3 : 1;
      EXPECT_NEAR(scaled[i].area_m2, factor * nominal[i].area_m2, 1e-20) << nominal[i].component;
    }
  }
}

TEST(Area, IsNothingElse) {
  EXPECT_EQ(chip_area({}, {}, network(true)).size(), 9u);
  EXPECT_EQ(chip_area({}, {}, network(true), {2, 5, 39, 0, 0, true}).size(), 10u);  // with second holds
}

}  // namespace
}  // namespace settle::test::area_test
