// What ngspice has written. What it makes of whole decks is in tests/program/netlist_test.cpp.
#include <gtest/gtest.h>

#include "src/netlist/ngspice.h"

namespace settle::netlist_test {
namespace {

TEST(NetlistResult, TransientIsReadBetweenItsTimes) {
  SpiceResult result;
  result.time_s = {0, 1, 3};
  result.transient.resize(2, 3);
  result.transient << 0, 10, 20, 5, 5, 7;
  EXPECT_EQ(result.at(0), (Vector<double>(2) << 0, 5).finished());
  EXPECT_EQ(result.at(0.25), (Vector<double>(2) << 2.5, 5).finished());
  EXPECT_EQ(result.at(2), (Vector<double>(2) << 15, 6).finished());
  EXPECT_EQ(result.at(3), (Vector<double>(2) << 20, 7).finished());
  EXPECT_EQ(result.at(3.1), (Vector<double>(2) << 20, 7).finished());
}

}  // namespace
}  // namespace settle::netlist_test
