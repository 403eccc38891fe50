#include "settle/hw/sim_time.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "tests/hw/in_child.h"

namespace settle::test::sim_time_test {
namespace {

TEST(SimTime, ConvertsToFemtoseconds) {
  in_child([]() {
    EXPECT_EQ(hw::to_sc_time(0).value(), 0u);
    EXPECT_EQ(hw::to_sc_time(1e-15).value(), 1u);
    EXPECT_EQ(hw::to_sc_time(0.4e-12).value(), 400u);  // SystemC's own resolution would make this zero
    EXPECT_EQ(hw::to_sc_time(18000).value(), 18000ull * 1'000'000'000'000'000ull);
  });
}

TEST(SimTime, RefusesWhatItCannotCount) {
  in_child([]() {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {-1e-9, -0.4e-15, nan, infinity, -infinity, 18447.0, 1e300, 0.4e-15, 1e-30})
      EXPECT_THROW(hw::to_sc_time(bad), RunError) << bad;
  });
}

// What is left of the longest simulation counts, not its whole length.
TEST(SimTime, RefusesWhatWouldWrapFromNow) {
  in_child([]() {
    sc_core::sc_start(hw::to_sc_time(18000));
    EXPECT_NO_THROW(hw::to_sc_time(400));
    EXPECT_THROW(hw::to_sc_time(500), RunError);
  });
}

}  // namespace
}  // namespace settle::test::sim_time_test
