// The ledger: what is booked is what is summed.
#include "models/cost/ledger.h"

#include <set>

#include <gtest/gtest.h>

#include "models/cost/cost_spec.h"

namespace settle::test {
namespace {

TEST(Ledger, AddsUpARowForEachComponentActionAndSection) {
  Ledger ledger;
  ledger.book(Section::training, Phase::free, "adc", action::output_conversion, 10, heat(2));
  ledger.book(Section::training, Phase::free, "adc", action::output_conversion, 5, heat(20));
  ledger.book(Section::inference, Phase::free, "adc", action::output_conversion, 1, heat(200));
  ledger.book(Section::training, Phase::free, "dac", action::output_conversion, 1, heat(2000));
  ledger.book(Section::training, Phase::free, "adc", action::line_charge, 1, heat(2e4));
  ASSERT_EQ(ledger.rows().size(), 4u);
  EXPECT_EQ(ledger.rows()[0].count, 15);
  EXPECT_EQ(ledger.rows()[0].energy.supplied, 22);
}

// What is stored comes back; nothing gets lost on the way.
TEST(Ledger, KeepsWhatIsSuppliedDissipatedAndStored) {
  Ledger ledger;
  ledger.book(Section::training, Phase::free, "line", action::line_charge, 1, charge_j(1, 0, 2, 3));
  EXPECT_EQ(ledger.total().supplied, 6);
  EXPECT_EQ(ledger.total().dissipated, 4);
  EXPECT_EQ(ledger.total().stored, 2);
  ledger.book(Section::training, Phase::idle, "line", action::line_charge, 1, {0, 2, -2});
  EXPECT_EQ(ledger.total(Section::training).supplied, 6);
  EXPECT_EQ(ledger.total().dissipated, 6);
  EXPECT_EQ(ledger.total().stored, 0);
}

TEST(Ledger, TotalIsTheSumOfItsSections) {
  Ledger ledger;
  ledger.book(Section::programming, Phase::free, "array", action::write_pulse, 1, heat(2));
  ledger.book(Section::training, Phase::free, "array", action::write_pulse, 1, heat(20));
  ledger.book(Section::training, Phase::free, "array", action::array_read, 1, heat(200));
  ledger.book(Section::inference, Phase::free, "array", action::array_read, 1, heat(2000));
  EXPECT_EQ(ledger.total(Section::programming).supplied, 2);
  EXPECT_EQ(ledger.total(Section::training).supplied, 220);
  EXPECT_EQ(ledger.total(Section::inference).supplied, 2000);
  EXPECT_EQ(ledger.total().supplied, 2222);
  EXPECT_EQ(Ledger().total().supplied, 0);
}

// Each with a name of its own, and what a reader of the books needs to know.
TEST(Actions, AreTheRecordsOfAllParts) {
  std::set<std::string> names;
  for (const Action* action : actions()) {
    for (const char* text : {action->name, action->unit, action->source})
      EXPECT_FALSE(std::string(text).empty()) << action->name;
    names.insert(action->name);
  }
  EXPECT_EQ(names.size(), actions().size());
  EXPECT_EQ(names.count("array read") + names.count("host update"), 2u);
}

// A power for a time is the same energy, to the last unit, however the time is cut up.
TEST(Ledger, WhatStandsAddsUpExactly) {
  const double watts = 3.7e-3 / 7;
  Ledger whole, cut;
  const Time all = Time::femtoseconds(1000000007), first = Time::femtoseconds(333333333),
             rest = Time::femtoseconds(666666674);
  whole.stand(Section::training, Phase::free, "x", action::memory_leakage, watts, all);
  for (const Time part : {first, rest})
    cut.stand(Section::training, Phase::free, "x", action::memory_leakage, watts, part);
  const Ledger::Row &a = whole.rows().at(0), &b = cut.rows().at(0);
  EXPECT_EQ(a.energy.supplied, b.energy.supplied);
  EXPECT_EQ(a.energy.dissipated, a.energy.supplied);
  EXPECT_EQ(a.energy.stored, 0);
  EXPECT_EQ(a.count, b.count);
  EXPECT_NEAR(a.energy.supplied / (watts * 1000000007e-15), 1, 1e-12);
  EXPECT_NEAR(a.seconds, 1000000007e-15, 1e-24);
}

}  // namespace
}  // namespace settle::test
