// Tables for a terminal.
#include "src/sweep/text_table.h"

#include <gtest/gtest.h>

namespace settle::text_table_test {
namespace {

TEST(TextTable, ConstantLabelsStandOnceAbove) {
  EXPECT_EQ(narrow_table({{"case", {"a", "a"}, true, "case"},
                          {"beta", {"0.1", "0.25"}, true, "network.beta"},
                          {"test %", {"90.00", "90.00"}, false, "test"}},
                         "see"),
            "all rows: case = a\n"
            "beta  test %\n"
            "0.1   90.00\n"
            "0.25  90.00\n");
}

TEST(TextTable, OneRowKeepsItsLabels) {
  EXPECT_EQ(narrow_table({{"case", {""}, true, "case"}, {"beta", {"0.1"}, true, "b"}, {"x", {"1"}, false, "x"}}, "see"),
            "beta  x\n0.1   1\n");
}

TEST(TextTable, WhatDoesNotFitIsNamed) {
  const std::vector<TextColumn> columns = {{"key", {"aaaa", "bbbb"}, true, "some.key"},
                                           {"one", {"1", "2"}, false, "figure_one"},
                                           {"two", {"1", "2"}, false, "figure_two"},
                                           {"three", {"1", "2"}, false, "figure_three"}};
  EXPECT_EQ(narrow_table(columns, "settle sweep here --columns", 12),
            "key   one\naaaa  1\nbbbb  2\n"
            "left out: figure_two and 1 other; settle sweep here --columns NAMES (or help)\n");
}

TEST(TextTable, NamesAreAsShortAsTheyAreUnique) {
  const auto named = [](const char* name) { return ViewColumn{name, "", "", ColumnRole::axis}; };
  EXPECT_EQ(short_names({named("case"), named("network.beta"), named("neuron.tau_s"), named("wire.tau_s")}),
            (std::vector<std::string>{"case", "beta", "neuron.tau_s", "wire.tau_s"}));
}

}  // namespace
}  // namespace settle::text_table_test
