// The ledger: what is booked is what is summed.
#include "settle/models/cost/ledger.h"

#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "settle/models/cost/cost_spec.h"
#include "tests/models/memory_archive.h"

namespace settle::test::ledger_test {
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

// To the last unit: what is booked further adds up to the same sums.
TEST(Ledger, GoesOnFromWhatWasKept) {
  Ledger ledger;
  const auto book = [](Ledger& to) {
    to.book(Section::training, Phase::free, "adc", action::output_conversion, 1, heat(1.0 / 3), 1e-7 / 3);
    to.book(Section::training, Phase::idle, "line", action::line_charge, 1, {0, 1e-13 / 7, -1e-13 / 7});
    to.stand(Section::inference, Phase::load, "chip", action::leakage, 1e-6 / 3, Time::femtoseconds(1234567));
    to.pass(Section::training, Phase::free, Time::femtoseconds(987));
  };
  book(ledger);
  MemoryArchive archive;
  ledger.visit_state(archive);
  archive.rewind();
  Ledger again;
  again.visit_state(archive);
  for (int i = 0; i < 3; ++i) {
    book(ledger);
    book(again);
  }
  EXPECT_EQ(again.time(), ledger.time());
  ASSERT_EQ(again.rows().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const Ledger::Row &a = again.rows()[i], &b = ledger.rows()[i];
    EXPECT_EQ(std::make_tuple(a.section, a.phase, a.component, a.action, a.count, a.seconds, a.energy.supplied,
                              a.energy.dissipated, a.energy.stored),
              std::make_tuple(b.section, b.phase, b.component, b.action, b.count, b.seconds, b.energy.supplied,
                              b.energy.dissipated, b.energy.stored));
  }
}

TEST(Ledger, ActionsHaveNamesOfTheirOwn) {
  for (const Action* action : {&action::output_conversion, &action::line_charge, &action::leakage, &action::array_read})
    EXPECT_EQ(Action::named(action->name), action);
  EXPECT_EQ(Action::named("tea"), nullptr);
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
}  // namespace settle::test::ledger_test
