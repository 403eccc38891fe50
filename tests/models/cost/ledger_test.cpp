// The ledger: what is booked is what is summed.
#include "models/cost/ledger.h"

#include <set>

#include <gtest/gtest.h>

#include "models/cost/cost_spec.h"

namespace settle::test {
namespace {

TEST(Ledger, AddsUpARowForEachComponentActionAndSection) {
  Ledger ledger;
  ledger.book(Section::training, Phase::free, "adc", action::output_conversion, 10, {1, 2, 3});
  ledger.book(Section::training, Phase::free, "adc", action::output_conversion, 5, {10, 20, 30});
  ledger.book(Section::inference, Phase::free, "adc", action::output_conversion, 1, {100, 200, 300});
  ledger.book(Section::training, Phase::free, "dac", action::output_conversion, 1, {1000, 2000, 3000});
  ledger.book(Section::training, Phase::free, "adc", action::line_charge, 1, {1e4, 2e4, 3e4});
  ASSERT_EQ(ledger.rows().size(), 4u);
  EXPECT_EQ(ledger.rows()[0].count, 15);
  EXPECT_EQ(ledger.rows()[0].energy_j, (Estimate{11, 22, 33}));
}

TEST(Ledger, TotalIsTheSumOfItsSections) {
  Ledger ledger;
  ledger.book(Section::programming, Phase::free, "array", action::write_pulse, 1, {1, 2, 3});
  ledger.book(Section::training, Phase::free, "array", action::write_pulse, 1, {10, 20, 30});
  ledger.book(Section::training, Phase::free, "array", action::array_read, 1, {100, 200, 300});
  ledger.book(Section::inference, Phase::free, "array", action::array_read, 1, {1000, 2000, 3000});
  EXPECT_EQ(ledger.total_j(Section::programming), (Estimate{1, 2, 3}));
  EXPECT_EQ(ledger.total_j(Section::training), (Estimate{110, 220, 330}));
  EXPECT_EQ(ledger.total_j(Section::inference), (Estimate{1000, 2000, 3000}));
  EXPECT_EQ(ledger.total_j(), (Estimate{1111, 2222, 3333}));
  EXPECT_EQ(Ledger().total_j(), (Estimate{0, 0, 0}));
}

// Each with a name of its own, and what a reader of the books needs to know.
TEST(Actions, AreTheRecordsOfAllParts) {
  std::set<std::string> names;
  for (const Action* action : actions()) {
    for (const char* text : {action->name, action->unit, action->keys, action->source})
      EXPECT_FALSE(std::string(text).empty()) << action->name;
    names.insert(action->name);
  }
  EXPECT_EQ(names.size(), actions().size());
  EXPECT_EQ(names.count("array read") + names.count("host update"), 2u);
}

}  // namespace
}  // namespace settle::test
