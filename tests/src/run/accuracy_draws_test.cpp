// Configurations whose uncertain figures are drawn.
#include "src/run/accuracy_draws.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "src/config/keys.h"
#include "src/config/value.h"

namespace settle::accuracy_draws_test {
namespace {

std::vector<std::string> lines_of(Configuration c) {
  std::vector<std::string> lines;
  for (const Key& key : keys(c)) lines.push_back(key.name + " = " + to_toml(key.value));
  return lines;
}

// Every figure, and nothing else; each is exact once it is drawn, and certain ones stay as they are.
TEST(FigureDraws, AreOfAllFigures) {
  Configuration nominal;
  nominal.cost.dram_access_j = exactly(2e-9);
  const FigureDraws draws(nominal, 7);
  const std::vector<std::string> before = lines_of(nominal);
  std::set<std::string> capacitances;
  for (std::size_t i = 0; i < draws.count(); ++i) {
    Configuration drawn = draws.at(i);
    capacitances.insert(std::to_string(1e20 * drawn.chip.wire_capacitance_f[1]));
    EXPECT_EQ(drawn.cost.dram_access_j[1], 2e-9);
    const std::vector<std::string> after = lines_of(drawn);
    const std::vector<Key> list = keys(drawn);
    for (std::size_t k = 0; k < list.size(); ++k) {
      const auto* figure = std::get_if<EstimateValue>(&list[k].value);
      const bool changes = figure != nullptr && list[k].name != "cost.dram_access_j";
      EXPECT_EQ(after[k] != before[k], changes) << after[k];
      if (figure == nullptr) continue;
      EXPECT_EQ((*figure->member)[0], (*figure->member)[1]);
      EXPECT_EQ((*figure->member)[1], (*figure->member)[2]);
    }
  }
  EXPECT_EQ(capacitances.size(), 7u);
}

// One draw in each stratum: a tenth below low, half below the nominal value, a tenth above high.
TEST(FigureDraws, FollowTheDistribution) {
  const Configuration nominal;
  const FigureDraws draws(nominal, 20), again(nominal, 20);
  Configuration reseeded = nominal;
  reseeded.run.seed = 2;
  const FigureDraws other(reseeded, 20);
  const auto& [low, median, high] = nominal.wire.resistance_factor;
  int below_low = 0, below_median = 0, above_high = 0, moved = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const double factor = draws.at(i).wire.resistance_factor[1];
    below_low += factor < low;
    below_median += factor < median;
    above_high += factor > high;
    moved += factor != other.at(i).wire.resistance_factor[1];
    EXPECT_EQ(factor, again.at(i).wire.resistance_factor[1]);
  }
  EXPECT_EQ(below_low, 2);
  EXPECT_EQ(below_median, 10);
  EXPECT_EQ(above_high, 2);
  EXPECT_EQ(moved, 20);
}

}  // namespace
}  // namespace settle::accuracy_draws_test
