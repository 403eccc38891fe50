// What sources drive, and as what SPICE has them. ngspice's own view of them is in tests/hw/spice_deck_test.cpp.
#include "settle/models/netlist/waveform.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/error.h"

namespace settle::waveform_test {
namespace {

TEST(Waveform, IsASourceOfSpice) {
  EXPECT_EQ(spice::constant(0.5).card()(3, 0.4), "dc 0.2");
  EXPECT_EQ(spice::sample({0, 51}).card()(1, 0.5), "dc 0.1");
  EXPECT_EQ(spice::sine(1e6, 0.5, 0.25, 0).card()(0, 0.4), "sin(0.1 0.2 1000000 0 0 0)");
  EXPECT_EQ(spice::sine(-1e6, 0.5, 0, M_PI / 2).card()(1, 0.4), "sin(0 -0.2 1000000 0 0 -90)")
      << "SPICE has positive frequencies";
  EXPECT_EQ(spice::sine(0, 0.5, 0.25).card()(0, 0.4), "dc 0.1");
  EXPECT_EQ(spice::piecewise_linear({{-1, 0}, {1, 1}, {2, 0.5}}).card()(0, 1), "pwl(0 0.5 1 1 2 0.5)");
  EXPECT_FALSE(spice::Waveform([](Index, double) { return 0.0; }).card()) << "a function is none";
}

TEST(Waveform, EqualPointsInARowAreTwo) {
  EXPECT_EQ(spice::pwl({{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 2}, {5, 1}, {6, 1}}), "pwl(0 1 3 1 4 2 5 1 6 1)");
}

TEST(Waveform, RefusesWhatIsNone) {
  EXPECT_FALSE(spice::Waveform(nullptr));
  EXPECT_THROW(spice::piecewise_linear({}), InputError);
  EXPECT_THROW(spice::piecewise_linear({{1, 0}, {1, 1}}), InputError);
  EXPECT_THROW(spice::sample({1, 2})(2, 0), InputError);
}

}  // namespace
}  // namespace settle::waveform_test
