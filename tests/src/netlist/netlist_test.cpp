// Parts of a SPICE deck. What ngspice makes of whole ones is in tests/program/netlist_test.cpp.
#include <cmath>

#include <gtest/gtest.h>

#include "src/netlist/neuron_cards.h"
#include "src/netlist/ngspice.h"

namespace settle::netlist_test {
namespace {

TEST(NetlistCards, EveryActivationHasAnExpression) {
  for (const auto& a : activations<float>()) {
    const Curve<float> curve({{0, 0}, {1, 1}});
    EXPECT_NE(activation_expression(a.name, a.needs_curve ? &curve : nullptr).find('u'), std::string::npos) << a.name;
  }
}

TEST(NetlistCards, LongCardsAreContinued) {
  Cards cards;
  cards.card(std::vector<std::string>(40, "abcde"));
  EXPECT_EQ(cards.text().find("\n+ abcde"), 107u);
  std::size_t longest = 0, start = 0;
  for (std::size_t end; (end = cards.text().find('\n', start)) != std::string::npos; start = end + 1)
    longest = std::max(longest, end - start);
  EXPECT_LE(longest, 110u);
}

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
