// Sweep files and tables without running anything; among them the sweep files that come with the program.
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/config/renamed.h"
#include "src/data/csv.h"
#include "src/sweep/exports.h"
#include "src/sweep/means.h"
#include "tests/src/temporary_folder.h"

namespace settle::sweep_test {
namespace {

SweepFile sweep_of(const TemporaryFolder& folder, const std::string& text) {
  folder.write("base.toml", "[network]\nhidden = [8]\n");
  return read_sweep(folder.write("sweep.toml", "base = 'base.toml'\n" + text));
}

TEST(Sweep, AllWaysToWriteAKeyMeanTheSame) {
  const TemporaryFolder folder;
  const std::string same = fingerprint(sweep_of(folder, "[set]\nnetwork.beta = 0.25\n"));
  for (const char* other : {"[set]\n'network.beta' = 0.25\n", "[set.network]\nbeta = 0.250\n",
                            "set = { network = { beta = 0.25 } } # comment\n"})
    EXPECT_EQ(fingerprint(sweep_of(folder, other)), same) << other;
  EXPECT_NE(fingerprint(sweep_of(folder, "[set]\nnetwork.beta = 0.26\n")), same);
  EXPECT_NE(fingerprint(sweep_of(folder, "[grid]\nnetwork.beta = [0.25]\n")), same);
}

TEST(Sweep, ValuesReachTheConfiguration) {
  const TemporaryFolder folder;
  const auto points = expand(sweep_of(folder,
                                      "[set]\nlearning.learning_rate = 0.1\n[grid]\nnetwork.hidden = [[3, 4], [5]]\n"
                                      "data.name = ['a \"b\"']\nlearning.difference = ['plain']\n"));
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].configuration.network.hidden, (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(points[1].configuration.network.hidden, (std::vector<std::int64_t>{5}));
  EXPECT_EQ(points[0].configuration.learning.learning_rate, 0.1);
  EXPECT_EQ(points[0].configuration.data.name, "a \"b\"");
  EXPECT_EQ(points[0].configuration.learning.difference, DifferenceMode::plain);
  EXPECT_EQ(points[0].configuration.trace.samples, 0);
  EXPECT_EQ(points[0].values, (std::vector<std::string>{"[3, 4]", "a \\\"b\\\"", "plain"}));
}

TEST(Sweep, OldNamesOfKeysGiveTheNewOnes) {
  for (const auto& [before, now] : renamed_keys())
    for (const std::string& text : {"[set]\n" + before + " = 1\n", "[grid]\n" + before + " = [1, 2]\n",
                                    "[[case]]\nname = 'a'\nset = { " + before + " = [1, 2, 3] }\n"}) {
      const TemporaryFolder folder;
      const std::string message = message_of<InputError>([&] { expand(sweep_of(folder, text)); });
      EXPECT_NE(message.find("sweep.toml:"), std::string::npos) << message;
      EXPECT_NE(message.find(": " + before + " is now " + now), std::string::npos) << message;
    }
}

TEST(Sweep, KeepsTheOrderOfTheFile) {
  const TemporaryFolder folder;
  const auto sweep = sweep_of(folder, "[grid]\nrun.batch = [2, 1]\nnetwork.alpha = [0.5]\nlearning.nudge = [1]\n");
  ASSERT_EQ(sweep.grid.size(), 3u);
  EXPECT_EQ(sweep.grid[0].key, "run.batch");
  EXPECT_EQ(sweep.grid[1].key, "network.alpha");
  EXPECT_EQ(sweep.grid[2].key, "learning.nudge");
}

TEST(Sweep, RefusesMorePointsThanAnyoneMeans) {
  const TemporaryFolder folder;
  std::string list = "[1";
  for (int i = 2; i <= 400; ++i) list += ", " + std::to_string(i);
  const auto sweep = sweep_of(folder, "[grid]\nrun.epochs = " + list + "]\nrun.batch = " + list + "]\n");
  EXPECT_NE(message_of<InputError>([&] { expand(sweep); }).find("more than 100000 points"), std::string::npos);
}

TEST(Sweep, TablesQuoteWhatNeedsIt) {
  const TemporaryFolder folder;
  const auto sweep = sweep_of(folder, "[[case]]\nname = 'a, \"b\"'\n[grid]\nnetwork.hidden = [[1, 2]]\n");
  const auto points = expand(sweep);
  SweepStore store(folder.path(), sweep, points);
  const CsvTable table(results_csv(store.results_since(-1)), "results.csv");
  ASSERT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.text(0, "case"), "a, \"b\"");
  EXPECT_EQ(table.text(0, "network.hidden"), "[1, 2]");
  EXPECT_EQ(table.text(0, "state"), "waiting");
  EXPECT_TRUE(std::isnan(table.number(0, "test_accuracy_best")));
}

TEST(Sweep, SpreadOfASample) {
  EXPECT_EQ(mean_deviation({2, 4, 9}).mean, 5);
  EXPECT_DOUBLE_EQ(mean_deviation({2, 4, 9}).deviation, std::sqrt(13.0));  // (9 + 1 + 16) / 2
  EXPECT_EQ(mean_deviation({3}).mean, 3);
  EXPECT_TRUE(std::isnan(mean_deviation({3}).deviation));
  EXPECT_TRUE(std::isnan(mean_deviation({}).mean));
}

TEST(Sweep, ExampleIsSound) { EXPECT_EQ(expand(read_sweep("configs/sweep.toml")).size(), 12u); }

TEST(Sweep, FilesOfThePaperAreSound) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator("configs/paper")) {
    if (file.path().extension() != ".toml") continue;
    SCOPED_TRACE(file.path().string());
    EXPECT_NO_THROW(EXPECT_GE(expand(read_sweep(file.path().string())).size(), 2u));
    ++files;
  }
  EXPECT_GE(files, 10);
}

}  // namespace
}  // namespace settle::sweep_test
