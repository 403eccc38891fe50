// The ledger: what is booked is what is summed.
#include "models/cost/ledger.h"

#include <set>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

TEST(Ledger, AddsUpARowForEachComponentActionAndSection) {
  Ledger ledger;
  ledger.book(Section::training, "adc", Action::output_conversion, 10, {1, 2, 3});
  ledger.book(Section::training, "adc", Action::output_conversion, 5, {10, 20, 30});
  ledger.book(Section::inference, "adc", Action::output_conversion, 1, {100, 200, 300});
  ledger.book(Section::training, "dac", Action::output_conversion, 1, {1000, 2000, 3000});
  ledger.book(Section::training, "adc", Action::line_charge, 1, {1e4, 2e4, 3e4});
  ASSERT_EQ(ledger.rows().size(), 4u);
  EXPECT_EQ(ledger.rows()[0].count, 15);
  EXPECT_EQ(ledger.rows()[0].energy_j, (Estimate{11, 22, 33}));
}

TEST(Ledger, TotalIsTheSumOfItsSections) {
  Ledger ledger;
  ledger.book(Section::programming, "array", Action::write_pulse, 1, {1, 2, 3});
  ledger.book(Section::training, "array", Action::write_pulse, 1, {10, 20, 30});
  ledger.book(Section::training, "array", Action::array_read, 1, {100, 200, 300});
  ledger.book(Section::inference, "array", Action::array_read, 1, {1000, 2000, 3000});
  EXPECT_EQ(ledger.total_j(Section::programming), (Estimate{1, 2, 3}));
  EXPECT_EQ(ledger.total_j(Section::training), (Estimate{110, 220, 330}));
  EXPECT_EQ(ledger.total_j(Section::inference), (Estimate{1000, 2000, 3000}));
  EXPECT_EQ(ledger.total_j(), (Estimate{1111, 2222, 3333}));
  EXPECT_EQ(Ledger().total_j(), (Estimate{0, 0, 0}));
}

TEST(Ledger, EveryActionIsInTheTableInItsPlace) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < actions().size(); ++i) {
    EXPECT_EQ(std::size_t(actions()[i].action), i);
    EXPECT_EQ(info(actions()[i].action).name, actions()[i].name);
    EXPECT_FALSE(std::string(actions()[i].source).empty());
    names.insert(actions()[i].name);
  }
  EXPECT_EQ(names.size(), actions().size());
  EXPECT_EQ(std::size_t(Action::host_update) + 1, actions().size());
}

}  // namespace
}  // namespace settle::test
