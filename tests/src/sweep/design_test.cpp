// Axes as ranges, axes that are walked together, and designs.
#include "src/sweep/design.h"

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "src/sweep/points.h"
#include "tests/src/temporary_folder.h"

namespace settle::design_test {
namespace {

using Texts = std::vector<std::string>;

TEST(Design, SpacedValuesHaveBothEnds) {
  EXPECT_EQ(spaced_values({0, 1, false, false}, 11)[3], "0.3");
  EXPECT_EQ(spaced_values({1e-3, 1, true, false}, 4), (Texts{"0.001", "0.01", "0.1", "1.0"}));
  EXPECT_EQ(spaced_values({2, -2, false, false}, 3), (Texts{"2.0", "0.0", "-2.0"}));
  EXPECT_EQ(spaced_values({1, 64, true, true}, 4), (Texts{"1", "4", "16", "64"}));
  EXPECT_EQ(spaced_values({0.1234567890123456, 0.2, false, false}, 2).front(), "0.1234567890123456");
  EXPECT_EQ(spaced_values({5, 5, false, false}, 1), Texts{"5.0"});
}

TEST(Design, RandomNumbersAreFunctionsOfSeedKeyAndPoint) {
  const Design few = random_design({"a", "b"}, 4, 1), many = random_design({"b", "a"}, 1000, 1);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(few[0][i], many[1][i]);
  EXPECT_NE(random_design({"a"}, 1, 2)[0][0], few[0][0]);
  // a mean of n numbers, 1 / sqrt(12 n) wide
  double sum = 0;
  for (const double u : many[0]) {
    EXPECT_GE(u, 0);
    EXPECT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / 1000, 0.5, 5 / std::sqrt(12.0 * 1000));
}

// Of 2^(2k) points, each of the 2^k x 2^k boxes of the unit square has exactly one.
TEST(Design, SobolFillsEveryBox) {
  for (const std::uint64_t seed : {0u, 1u, 77u}) {
    const Design design = sobol_design({"a", "b"}, 64, seed);
    std::set<std::pair<int, int>> boxes;
    for (std::size_t i = 0; i < 64; ++i) boxes.insert({int(8 * design[0][i]), int(8 * design[1][i])});
    EXPECT_EQ(boxes.size(), 64u) << seed;
  }
}

TEST(Design, ValuesStayInTheirRange) {
  for (const double u : {0.0, 0.3, 1 - 1e-16}) {
    const double log = std::stod(value_at({1e-3, 1e-1, true, false}, u));
    EXPECT_GE(log, 1e-3);
    EXPECT_LE(log, 1e-1);
    EXPECT_NEAR(std::log10(log), -3 + 2 * u, 1e-4);
  }
  EXPECT_EQ(value_at({2.5, 6.5, false, true}, 0.0), "3") << "2 is below the range";
  EXPECT_EQ(value_at({2.5, 6.5, false, true}, 1 - 0x1p-53), "6");
  EXPECT_EQ(value_at({3, 10, false, true}, 1 - 0x1p-53), "10");
  EXPECT_EQ(value_at({1, 3, false, true}, 0.0), "1");
  EXPECT_EQ(value_at({1, 3, false, true}, 0.34), "2");
  EXPECT_EQ(value_at({3, 1, false, true}, 1 - 1e-16), "3") << "whichever end is first";
  EXPECT_EQ(value_at({0.123456789, 0.12345679, false, false}, 0.5), "0.12345679") << "rounded, and not out of it";
}

std::vector<Point> points_of(const std::string& text) {
  const TemporaryFolder folder;
  folder.write("base.toml", "[network]\nhidden = [8, 8]\n");
  return expand(read_sweep(folder.write("sweep.toml", "base = 'base.toml'\n" + text)));
}

std::string titles(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) text += point.title + "\n";
  return text;
}

TEST(Design, RangesAreAxesOfTheGrid) {
  EXPECT_EQ(
      titles(points_of("[grid]\nnetwork.beta = { log = [0.01, 1], n = 3 }\nrun.batch = { linear = [10, 20], n = 2 "
                       "}\n")),
      "network.beta = 0.01, run.batch = 10\nnetwork.beta = 0.01, run.batch = 20\n"
      "network.beta = 0.1, run.batch = 10\nnetwork.beta = 0.1, run.batch = 20\n"
      "network.beta = 1.0, run.batch = 10\nnetwork.beta = 1.0, run.batch = 20\n");
}

TEST(Design, ZippedKeysChangeTogether) {
  const auto points = points_of(
      "seeds = [1, 2]\n[zip]\nnetwork.beta = [0.1, 0.2, 0.1]\nnetwork.alpha = [1, 2, 3]\n[grid]\nrun.batch = [5]\n");
  EXPECT_EQ(titles(points),
            "run.batch = 5, network.beta = 0.1, network.alpha = 1, seed 1\n"
            "run.batch = 5, network.beta = 0.1, network.alpha = 1, seed 2\n"
            "run.batch = 5, network.beta = 0.2, network.alpha = 2, seed 1\n"
            "run.batch = 5, network.beta = 0.2, network.alpha = 2, seed 2\n"
            "run.batch = 5, network.beta = 0.1, network.alpha = 3, seed 1\n"
            "run.batch = 5, network.beta = 0.1, network.alpha = 3, seed 2\n");
  EXPECT_EQ(points[4].configuration.network.alpha, 3);
}

TEST(Design, DesignsAreAxesThatAreWalkedTogether) {
  for (const std::string name : {"random", "sobol"}) {
    const std::string text = "[" + name +
                             "]\nn = 8\nnetwork.beta = { log = [0.01, 1] }\nrun.batch = { linear = [1, 4] }\n"
                             "learning.difference = ['plain', 'layer-scaled']\n[grid]\nnetwork.alpha = [1, 2]\n";
    const auto points = points_of(text);
    ASSERT_EQ(points.size(), 16u);
    std::set<double> betas;
    for (const Point& point : points) {
      betas.insert(point.configuration.network.beta);
      EXPECT_GE(point.configuration.run.batch, 1);
      EXPECT_LE(point.configuration.run.batch, 4);
    }
    EXPECT_EQ(betas.size(), 8u) << name;
    EXPECT_EQ(titles(points_of(text)), titles(points)) << "the same each time";
    EXPECT_EQ(points[0].configuration.network.beta, points[8].configuration.network.beta);
    std::string other = text;
    other.insert(other.find("n = 8"), "seed = 2\n");
    EXPECT_NE(titles(points_of(other)), titles(points));
  }
}

TEST(Design, TheExampleOfTheDocumentationIsSound) {
  std::ifstream file("docs/sweeps.md");
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str(), fence = "```toml\n", first = fence + "[grid]\n";
  const std::size_t begin = text.find(first);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("\n```", begin + fence.size());
  EXPECT_EQ(points_of(text.substr(begin + fence.size(), end - begin - fence.size())).size(), 5u * 4 * 2 * 16);
}

}  // namespace
}  // namespace settle::design_test
