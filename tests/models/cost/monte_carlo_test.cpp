// Percentiles of sums whose terms hang on uncertain figures, against the laws that the figures are drawn by.
#include "settle/models/cost/monte_carlo.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/cost/cost_spec.h"

namespace settle::test::monte_carlo_test {
namespace {

constexpr double z90 = 1.2815515655446004, z95 = 1.6448536269514722;  // of a standard normal variable
constexpr double draws = 1000;
const Estimate skewed = {2, 4, 16}, even = {1, 2, 4};

Figures figures_with(const Estimate& a, const Estimate& b = {1, 2, 4}) {
  Figures figures;
  figures.add("a", a);
  figures.add("b", b);
  return figures;
}

// Five deviations of a percentile's estimate from plain draws, sqrt(p (1 - p) / n) over the density. Strata do better.
double five_sigma(double p, double z, double sigma) {
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI) / sigma;
  return 5 * std::sqrt(p * (1 - p) / draws) / density;
}

TEST(MonteCarlo, LowAndHighAreTheTenthAndNinetiethPercentile) {
  EXPECT_DOUBLE_EQ(log_factor(skewed, -z90), std::log(2.0 / 4));
  EXPECT_DOUBLE_EQ(log_factor(skewed, z90), std::log(16.0 / 4));
  EXPECT_EQ(log_factor(skewed, 0), 0);
  EXPECT_DOUBLE_EQ(log_factor(skewed, 2 * z90), 2 * std::log(16.0 / 4));
}

// 10 to the power e^x: low and high are half and four times the nominal value.
TEST(MonteCarlo, OneFigureGivesItsOwnPercentiles) {
  const double below = std::log(2.0) / z90, above = std::log(4.0) / z90;
  for (const double exponent : {1.0, 2.0}) {
    const Spread s = MonteCarlo(figures_with(skewed), 1).spread({{10, {{"a", exponent}}}});
    EXPECT_NEAR(std::log(s.p5 / 10), -exponent * z95 * below, five_sigma(0.05, z95, exponent * below));
    EXPECT_NEAR(std::log(s.p50 / 10), 0, five_sigma(0.5, 0, exponent * above));
    EXPECT_NEAR(std::log(s.p95 / 10), exponent * z95 * above, five_sigma(0.95, z95, exponent * above));
    EXPECT_EQ(s.nominal, 10);
  }
}

// Against a power of a figure, low and high change places.
TEST(MonteCarlo, NegativeExponentsTurnRound) {
  const Spread s = MonteCarlo(figures_with(skewed), 1).spread({{1, {{"a", -1}}}});
  const double above = std::log(4.0) / z90;
  EXPECT_NEAR(std::log(s.p5), -z95 * above, five_sigma(0.05, z95, above));
}

// The strata: a percentile of one figure lies within two of its thousand steps of probability.
TEST(MonteCarlo, OneFigureIsDrawnInEveryStratum) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const double p95 =
        std::log(MonteCarlo(figures_with(even), seed).spread({{1, {{"a", 1}}}}).p95) * z90 / std::log(2.0);
    const double share = std::erfc(-p95 / std::sqrt(2.0)) / 2;
    EXPECT_NEAR(share, 0.95, 2 / draws);
  }
}

// Two independent figures: the deviations of their product's logarithm add up as squares.
TEST(MonteCarlo, DifferentFiguresAreIndependent) {
  const double sigma = std::sqrt(2.0) * std::log(2.0) / z90;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Spread s = MonteCarlo(figures_with(even, even), seed).spread({{1, {{"a", 1}, {"b", 1}}}});
    EXPECT_NEAR(std::log(s.p5), -z95 * sigma, five_sigma(0.05, z95, sigma));
    EXPECT_NEAR(std::log(s.p50), 0, five_sigma(0.5, 0, sigma));
    EXPECT_NEAR(std::log(s.p95), z95 * sigma, five_sigma(0.95, z95, sigma));
  }
}

// Terms that share a figure go up and down together: as one term of both; with a figure each, less apart.
TEST(MonteCarlo, TermsOfOneFigureAreFullyCorrelated) {
  const MonteCarlo monte_carlo(figures_with(even, even), 1);
  const Spread one = monte_carlo.spread({{5, {{"a", 1}}}});
  const Spread both = monte_carlo.spread({{2, {{"a", 1}}}, {3, {{"a", 1}}}});
  EXPECT_NEAR(both.p5, one.p5, 1e-12);
  EXPECT_NEAR(both.p95, one.p95, 1e-12);
  const Spread apart = monte_carlo.spread({{2, {{"a", 1}}}, {3, {{"b", 1}}}});
  EXPECT_GT(apart.p5, 1.05 * one.p5);
  EXPECT_LT(apart.p95, 0.95 * one.p95);
}

TEST(MonteCarlo, IsTheSameForTheSameSeedAndForOtherFiguresBesideIt) {
  const Terms terms = {{2, {{"a", 1}}}, {3, {{"b", 2}}}};
  const auto p95 = [&](const Figures& figures, std::uint64_t seed) {
    return MonteCarlo(figures, seed).spread(terms).p95;
  };
  Figures more = figures_with(skewed, even);
  EXPECT_EQ(p95(more, 7), p95(figures_with(skewed, even), 7));
  EXPECT_NE(p95(more, 7), p95(more, 8));
  more.add("another", even);
  EXPECT_EQ(p95(more, 7), p95(figures_with(skewed, even), 7));
}

TEST(MonteCarlo, FiguresThatAreNotThereOrCertainCountAsExact) {
  const Spread s = MonteCarlo(figures_with(exactly(2)), 1).spread({{2, {{"a", 1}}}, {3, {{"unheard of", 2}}}, {4, {}}});
  for (const double value : {s.nominal, s.p5, s.p50, s.p95}) EXPECT_DOUBLE_EQ(value, 9);
}

// What leaks is in proportion to the area, and so to each component's figure as far as its area goes.
TEST(MonteCarlo, LeakageHangsOnTheFiguresOfTheArea) {
  const std::vector<AreaRow> area = {{"cells", 1, 3e-6, "cost.cell_area_f2"}, {"ADCs", 1, 1e-6, "cost.adc_area_um2"}};
  Ledger ledger;
  ledger.book(Section::training, Phase::free, "chip", action::leakage, 1, heat(8));
  Figures figures;
  figures.add("cost.leakage_w_per_mm2", Estimate{1, 10, 100});
  figures.add("cost.cell_area_f2", Estimate{1, 2, 3});
  figures.add("cost.adc_area_um2", Estimate{1, 2, 10});
  const Terms terms = terms_of(ledger.rows()[0], area);
  EXPECT_EQ(MonteCarlo(figures, 1).spread(terms).nominal, 8);
  const std::vector<Swing> all = swings(figures, terms);
  ASSERT_EQ(all.size(), 3u);
  const std::vector<Swing> expected = {{"cost.leakage_w_per_mm2", 0.1, 10},
                                       {"cost.adc_area_um2", (3 + 0.5) / 4, (3 + 5.0) / 4},
                                       {"cost.cell_area_f2", (1.5 + 1) / 4, (4.5 + 1) / 4}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].figure, expected[i].figure);
    EXPECT_DOUBLE_EQ(all[i].low, expected[i].low);
    EXPECT_DOUBLE_EQ(all[i].high, expected[i].high);
  }
}

// Links are as long as the root of the area: each component's figure to half of its share.
TEST(MonteCarlo, LinksHangOnTheRootOfTheArea) {
  const std::vector<AreaRow> area = {{"cells", 1, 3e-6, "cost.cell_area_f2"}, {"ADCs", 1, 1e-6, "cost.adc_area_um2"}};
  Ledger ledger;
  ledger.book(Section::training, Phase::load, "input_dac", action::code_link, 1, heat(8));
  Figures figures;
  figures.add("cost.link_j_per_bit_mm", Estimate{1, 2, 4});
  figures.add("cost.cell_area_f2", Estimate{1, 2, 3});
  figures.add("cost.adc_area_um2", Estimate{1.98, 2, 2.02});
  const Terms terms = terms_of(ledger.rows()[0], area);
  EXPECT_EQ(MonteCarlo(figures, 1).spread(terms).nominal, 8);
  const std::vector<Swing> all = swings(figures, terms);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_DOUBLE_EQ(all[0].high, 2);
  EXPECT_DOUBLE_EQ(all[1].high, std::pow(1.5, 0.375));
  EXPECT_EQ(all[2].figure, "cost.adc_area_um2");
  EXPECT_NEAR(all[2].high, std::sqrt((3 + 1.01) / 4), 1e-5);  // small changes of the area itself
}

// One figure after the other, the rest nominal: a square of a, and b's inverse, of a sum of 10.
TEST(Swings, AreThoseOfEachFigureAloneTheLargestFirst) {
  const std::vector<Swing> all =
      swings(figures_with({1, 2, 3}, {1, 2, 4}), {{4, {{"a", 2}}}, {5, {{"b", -1}}}, {1, {}}});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].figure, "a");
  EXPECT_DOUBLE_EQ(all[0].low, (1 + 5 + 1) / 10.0);
  EXPECT_DOUBLE_EQ(all[0].high, (9 + 5 + 1) / 10.0);
  EXPECT_EQ(all[1].figure, "b");
  EXPECT_DOUBLE_EQ(all[1].low, (4 + 10 + 1) / 10.0);
  EXPECT_DOUBLE_EQ(all[1].high, (4 + 2.5 + 1) / 10.0);
}

TEST(Swings, LeaveOutWhatIsCertainOrWithoutEffect) {
  EXPECT_TRUE(swings(figures_with(exactly(3)), {{4, {{"a", 2}}}, {0, {{"b", 1}}}}).empty());
  EXPECT_TRUE(swings(figures_with(even), {}).empty());
}

}  // namespace
}  // namespace settle::test::monte_carlo_test
