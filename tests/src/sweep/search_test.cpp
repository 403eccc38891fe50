// A search finds what is cheapest within limits.
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "src/sweep/search/gaussian_process.h"
#include "src/sweep/search/propose.h"

namespace settle::search_test {
namespace {

Eigen::MatrixXd grid_of(int n) {
  Eigen::MatrixXd inputs(1, n);
  for (int i = 0; i < n; ++i) inputs(0, i) = double(i) / (n - 1);
  return inputs;
}

TEST(GaussianProcess, PassesThroughASmoothCurve) {
  const Eigen::MatrixXd inputs = grid_of(9);
  const Eigen::VectorXd values = (6 * inputs.row(0)).array().sin().matrix().transpose() * 3;
  const GaussianProcess process(inputs, values.array() + 100);
  for (double x = 0.05; x < 1; x += 0.1) {
    const auto [mean, deviation] = process.at(Eigen::VectorXd::Constant(1, x));
    EXPECT_NEAR(mean, 100 + 3 * std::sin(6 * x), 0.05) << x;
    EXPECT_LT(deviation, 0.2) << x;
  }
  for (int i = 0; i < 9; ++i) EXPECT_NEAR(process.at(inputs.col(i)).mean, 100 + values[i], 0.01);
}

// Of a smooth curve under noise of deviation 0.3: the mean of 80 values is nearer to it than they are, and the curve is
// within what is said to be uncertain (4 deviations, at 50 places that hang together).
TEST(GaussianProcess, SeesThroughNoise) {
  const Eigen::MatrixXd inputs = grid_of(80);
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.3);
  Eigen::VectorXd values(80);
  for (int i = 0; i < 80; ++i) values[i] = std::sin(6 * inputs(0, i)) + noise(random);
  const GaussianProcess process(inputs, values);
  double squares = 0;
  for (int i = 0; i < 50; ++i) {
    const double x = (i + 0.5) / 50;
    const auto [mean, deviation] = process.at(Eigen::VectorXd::Constant(1, x));
    squares += std::pow(mean - std::sin(6 * x), 2) / 50;
    EXPECT_LT(std::abs(mean - std::sin(6 * x)), 4 * deviation) << x;
  }
  EXPECT_LT(std::sqrt(squares), 0.15);
}

TEST(GaussianProcess, IsUncertainWhereNothingIsKnown) {
  Eigen::MatrixXd inputs(2, 6);
  inputs << 0, 0.1, 0.2, 0.3, 0.1, 0.2, 0, 0.2, 0.1, 0.3, 0.3, 0.25;
  Eigen::VectorXd values(6);
  values << 1, 2, 1.5, 3, 2.5, 2;
  GaussianProcess process(inputs, values);
  const Eigen::VectorXd far = Eigen::Vector2d(1, 1), near = Eigen::Vector2d(0.15, 0.2);
  EXPECT_GT(process.at(far).deviation, 3 * process.at(near).deviation);
  const auto [before, before_deviation] = process.at(far);
  process.believe(far);
  EXPECT_NEAR(process.at(far).mean, before, 0.05);
  EXPECT_LT(process.at(far).deviation, before_deviation / 2);
}

TEST(GaussianProcess, TakesASingleValueAndEqualOnes) {
  const GaussianProcess one(Eigen::MatrixXd::Constant(1, 1, 0.5), Eigen::VectorXd::Constant(1, 7));
  EXPECT_NEAR(one.at(Eigen::VectorXd::Zero(1)).mean, 7, 1e-9);
  const GaussianProcess equal(grid_of(5), Eigen::VectorXd::Constant(5, 7));
  EXPECT_NEAR(equal.at(Eigen::VectorXd::Constant(1, 0.3)).mean, 7, 1e-9);
}

SearchAxis range(const char* key, double low, double high, bool logarithmic = false, bool integers = false) {
  return {key, ValueRange{low, high, logarithmic, integers}, {}, "", ""};
}

SearchAxis choices(const char* key, const std::vector<std::string>& values) {
  SearchAxis axis{key, {}, {}, "", ""};
  for (const std::string& value : values) axis.choices.push_back({key, value, "", "", 3});
  return axis;
}

const auto anything = [](const Combination&) { return true; };

// A chip: cost rises with bits and width, accuracy with both, to a limit that one of two circuits lowers. The cheapest
// that reaches 0.9 is found by looking at all.
double cost_of(double bits, double width, bool better) { return std::exp2(bits) + 0.2 * width + (better ? 5 : 0); }
double accuracy_of(double bits, double width, bool better) {
  return (better ? 0.96 : 0.92) - 0.8 * std::exp2(-bits) - 2 / width;
}

TEST(Search, FindsTheCheapestWithinALimit) {
  SearchSpec search;
  search.goal = "cost";
  search.limits = {{"accuracy", true, 0.9}};
  search.axes = {range("bits", 2, 10, false, true), range("width", 8, 512, true),
                 choices("circuit", {"\"a\"", "\"b\""})};
  search.combinations = 8;
  double cheapest = 1e9;
  for (int bits = 2; bits <= 10; ++bits)
    for (double width = 8; width <= 512; width *= 1.01)
      for (const bool better : {false, true})
        if (accuracy_of(bits, width, better) >= 0.9) cheapest = std::min(cheapest, cost_of(bits, width, better));

  for (const std::int64_t seed : {1, 2, 3}) {
    search.seed = seed;
    std::vector<Trial> trials;
    std::set<Combination> proposed;
    for (std::int64_t round = 1; round <= 5; ++round)
      for (const Combination& each : propose(search, trials, round, anything)) {
        EXPECT_TRUE(proposed.insert(each).second) << "twice";
        const double bits = std::stod(each[0]), width = std::stod(each[1]);
        const bool better = each[2] == "\"b\"";
        trials.push_back({each, cost_of(bits, width, better), {accuracy_of(bits, width, better)}});
      }
    ASSERT_EQ(trials.size(), 40u);
    const std::size_t best = best_of(search, trials);
    ASSERT_LT(best, trials.size());
    EXPECT_LT(trials[best].goal, 1.1 * cheapest) << "seed " << seed;
    EXPECT_TRUE(is_feasible(search, trials[best]));
  }
}

TEST(Search, MaximisesToo) {
  SearchSpec search;
  search.goal = "accuracy";
  search.maximise = true;
  search.axes = {range("x", 0, 1), range("y", 0, 1)};
  search.combinations = 6;
  std::vector<Trial> trials;
  for (std::int64_t round = 1; round <= 5; ++round)
    for (const Combination& each : propose(search, trials, round, anything))
      trials.push_back({each, 1 - std::pow(std::stod(each[0]) - 0.3, 2) - std::pow(std::stod(each[1]) - 0.8, 2), {}});
  EXPECT_GT(trials[best_of(search, trials)].goal, 0.999);
}

TEST(Search, ProposesTheSameFromTheSame) {
  SearchSpec search;
  search.axes = {range("x", 0, 1), choices("y", {"1", "2", "4"})};
  const auto first = propose(search, {}, 1, anything);
  ASSERT_EQ(first.size(), std::size_t(search.combinations));
  std::vector<Trial> trials;
  for (const Combination& each : first) trials.push_back({each, std::stod(each[0]) * std::stod(each[1]), {}});
  EXPECT_EQ(propose(search, trials, 2, anything), propose(search, trials, 2, anything));
  EXPECT_NE(propose(search, trials, 2, anything), propose(search, trials, 3, anything));
}

TEST(Search, WhatHasNotComeToItsEndIsNoSolutionAndEqualsAreToldApart) {
  SearchSpec search;
  search.limits = {{"accuracy", true, 0.8}};
  search.axes = {range("x", 0, 1)};
  const double none = std::nan("");
  const std::vector<Trial> trials = {
      {{"0.1"}, none, {0.99}}, {{"0.2"}, 5, {0.85}}, {{"0.3"}, 5, {0.9}}, {{"0.4"}, 1, {0.7}}};
  EXPECT_EQ(best_of(search, trials), 2u);
  EXPECT_FALSE(is_feasible(search, trials[0]));
  // what was stopped teaches where accuracy is; nothing is known of the goal, and nothing is thrown
  const std::vector<Trial> stopped = {{{"0.1"}, none, {0.3}}, {{"0.5"}, none, {0.5}}, {{"0.9"}, none, {0.7}}};
  EXPECT_EQ(best_of(search, stopped), 3u);
  const auto next = propose(search, stopped, 2, anything);
  EXPECT_GT(std::stod(next.front().front()), 0.6) << "towards what is more accurate";
}

TEST(Search, EndsWhereNothingIsLeft) {
  SearchSpec search;
  search.axes = {range("x", 1, 4, false, true), choices("y", {"\"a\"", "\"b\""})};
  const auto can_run = [](const Combination& each) { return each != Combination{"2", "\"b\""}; };
  const auto first = propose(search, {}, 1, can_run);
  EXPECT_EQ(std::set<Combination>(first.begin(), first.end()).size(), 7u) << "all but the one that cannot run";
  std::vector<Trial> trials;
  for (const Combination& each : first) trials.push_back({each, std::nan(""), {}});  // all have failed
  EXPECT_TRUE(propose(search, trials, 2, can_run).empty());
}

TEST(SearchSpace, PlacesAndValuesAreInverse) {
  const SearchSpace space({range("a", 1e-3, 1, true), range("b", 4, 10, false, true), choices("c", {"\"x\"", "\"y\""}),
                           choices("d", {"1", "8", "64"})});
  for (const Combination& each : {Combination{"0.01", "7", "\"y\"", "8"}, Combination{"1.0", "10", "\"x\"", "64"},
                                  Combination{"0.001", "4", "\"x\"", "1"}})
    EXPECT_EQ(space.at(space.cube_of(each)), each);
  const Eigen::VectorXd inputs = space.inputs_of({"0.1", "7", "\"y\"", "8"});
  ASSERT_EQ(inputs.size(), 5);  // a, b, two for c, d
  EXPECT_NEAR(inputs[0], 2.0 / 3, 1e-12);
  EXPECT_NEAR(inputs[1], 0.5, 1e-12);
  EXPECT_NEAR((space.inputs_of({"0.1", "7", "\"x\"", "8"}) - inputs).norm(), 1, 1e-12);
  EXPECT_NEAR(inputs[4], 0.5, 1e-12);
}

}  // namespace
}  // namespace settle::search_test
