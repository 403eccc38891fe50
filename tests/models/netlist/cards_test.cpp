// Cards of a SPICE deck. What ngspice makes of whole decks is in tests/program/netlist_test.cpp and
// tests/hw/spice_deck_test.cpp.
#include "settle/models/netlist/cards.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "settle/models/netlist/neuron_cards.h"

namespace settle::cards_test {
namespace {

TEST(NetlistCards, EveryActivationHasAnExpression) {
  for (const auto& a : activations<float>()) {
    const Curve<float> curve({{0, 0}, {1, 1}});
    EXPECT_NE(spice::activation_expression(a.name, a.needs_curve ? &curve : nullptr).find('u'), std::string::npos)
        << a.name;
  }
}

TEST(NetlistCards, LongCardsAreContinued) {
  spice::Cards cards;
  cards.card(std::vector<std::string>(40, "abcde"));
  EXPECT_EQ(cards.text().find("\n+ abcde"), 107u);
  std::size_t longest = 0, start = 0;
  for (std::size_t end; (end = cards.text().find('\n', start)) != std::string::npos; start = end + 1)
    longest = std::max(longest, end - start);
  EXPECT_LE(longest, 110u);
}

TEST(NetlistCards, NumbersHaveTheDigitsOfTheirType) {
  EXPECT_EQ(spice::number(0.1f), "0.100000001");
  EXPECT_EQ(spice::number(0.1), "0.1");
  EXPECT_EQ(spice::number(-1.0 / 3e9), "-3.33333333333333e-10");
  EXPECT_EQ(spice::joined("R", Index(3), "_", 4, " ", 2.5, std::string(" end")), "R3_4 2.5 end");
}

}  // namespace
}  // namespace settle::cards_test
