#include "src/text/quantity.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace settle::quantity_test {
namespace {

TEST(TextQuantity, HasThreeDigitsAndAPrefix) {
  EXPECT_EQ(engineering(1.234e-6, "s"), "1.23 us");
  EXPECT_EQ(engineering(9.994e-10, "J"), "999 pJ");
  EXPECT_EQ(engineering(9.996e-10, "J"), "1 nJ") << "not 1e+03 pJ";
  EXPECT_EQ(engineering(1e-6, "J"), "1 uJ");
  EXPECT_EQ(engineering(-2.5e-3, "V"), "-2.5 mV");
  EXPECT_EQ(engineering(0, "J"), "0 J");
  EXPECT_EQ(engineering(2e-20, "J"), "0.02 aJ");
  EXPECT_EQ(engineering(5e16, "OPS/W"), "5e+04 TOPS/W");
  EXPECT_EQ(engineering(5e-324, "J"), "4.94e-306 aJ");
  EXPECT_EQ(engineering(std::nan(""), "J"), "-");
  EXPECT_EQ(engineering(std::numeric_limits<double>::infinity(), "J"), "-");
}

TEST(TextQuantity, EndsWithoutABlankWhereThereIsNoUnit) {
  EXPECT_EQ(without_prefix(0.01238, "of all"), "0.0124 of all");
  EXPECT_EQ(without_prefix(1, ""), "1");
}

TEST(TextQuantity, OnePrefixForAColumn) {
  const UnitScale scale = scale_for({2.5e-7, 3e-9, 0}, "J");
  EXPECT_EQ(scale.unit, "nJ");
  EXPECT_DOUBLE_EQ(scale.factor, 1e-9);
  EXPECT_EQ(scale.decimals, 3);
  EXPECT_EQ(scale_for({1e-6}, "s").unit, "us");
  EXPECT_EQ(scale_for({12.5}, "s").decimals, 2);
  EXPECT_EQ(scale_for({2e-5}, "m2").unit, "m2") << "a prefix would be squared too";
}

}  // namespace
}  // namespace settle::quantity_test
