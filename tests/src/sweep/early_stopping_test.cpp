// Which points of a sweep are stopped early, and which go on.
#include "src/sweep/early_stopping.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/sweep/sweep_file.h"
#include "tests/src/temporary_folder.h"

namespace settle::early_stopping_test {
namespace {

using Numbers = std::set<std::size_t>;
using Epochs = std::vector<std::int64_t>;

TEST(Survivors, AreTheMostAccurateWhereCostsAreEqual) {
  EXPECT_EQ(survivors({{0, 0.5, 0}, {1, 0.9, 0}, {2, 0.7, 0}, {3, 0.8, 0}}, 0.5), (Numbers{1, 3}));
  EXPECT_EQ(survivors({{0, 0.5, 0}, {1, 0.9, 0}, {2, 0.7, 0}}, 0.5), (Numbers{1, 2})) << "rounded up";
  EXPECT_EQ(survivors({{0, 0.5, 0}, {1, 0.5, 0}}, 0.5), (Numbers{0})) << "the first of equals";
  EXPECT_TRUE(survivors({}, 0.5).empty());
}

// 0 and 1 are the front; 2 is dominated by 1 alone; 3 by all.
TEST(Survivors, AreParetoFronts) {
  const std::vector<Contender> all = {{0, 0.7, 1}, {1, 0.9, 3}, {2, 0.8, 4}, {3, 0.6, 5}};
  EXPECT_EQ(survivors(all, 0.5), (Numbers{0, 1}));
  EXPECT_EQ(survivors(all, 0.75), (Numbers{0, 1, 2}));
  EXPECT_EQ(survivors(all, 0.25), (Numbers{1})) << "of the ends the accurate one first";
  // a front of five, of which 1 and 2 lie close together
  const std::vector<Contender> front = {{0, 0.9, 10}, {1, 0.8, 8}, {2, 0.79, 7.9}, {3, 0.5, 5}, {4, 0.1, 1}};
  EXPECT_EQ(survivors(front, 0.4), (Numbers{0, 4})) << "the ends";
  EXPECT_EQ(survivors(front, 0.6), (Numbers{0, 3, 4}));
  EXPECT_EQ(survivors({{0, 0.7, 1}, {1, 0.7, 2}, {2, 0.7, 1}}, 0.6), (Numbers{0, 2})) << "equals are of one front";
}

TEST(Survivors, WhatIsNotKnownIsWorst) {
  EXPECT_EQ(survivors({{0, std::nan(""), 1}, {1, 0.1, 2}}, 0.5), (Numbers{1}));
  EXPECT_EQ(survivors({{0, 0.1, std::nan("")}, {1, 0.1, 2}}, 0.5), (Numbers{1}));
}

// A front is what nothing outside dominates: checked against the definition, for points on a grid with ties.
TEST(Survivors, NothingThatIsDominatedGoesOnBeforeWhatDominatesIt) {
  std::vector<Contender> all;
  for (std::size_t i = 0; i < 60; ++i) all.push_back({i, double(i * 7 % 11), double(i * 5 % 13)});
  for (const double keep : {0.1, 0.3, 0.5, 0.9}) {
    const Numbers kept = survivors(all, keep);
    EXPECT_EQ(kept.size(), std::size_t(std::ceil(keep * 60)));
    for (const Contender& in : all)
      for (const Contender& out : all)
        if (kept.count(in.number) > 0 && kept.count(out.number) == 0) {
          EXPECT_FALSE(out.accuracy >= in.accuracy && out.cost <= in.cost &&
                       (out.accuracy > in.accuracy || out.cost < in.cost));
        }
  }
}

TEST(EarlyStopping, StopsLieBetweenComparisons) {
  EarlyStopping early;
  EXPECT_EQ(early.stops_from(0, 10), Epochs{});
  early.bars = {{1, 0.2}, {4, 0.5}};
  EXPECT_EQ(early.stops_from(0, 10), (Epochs{1, 4}));
  EXPECT_EQ(early.stops_from(0, 4), (Epochs{1})) << "after the last epoch there is nothing to stop";
  early.halving = Halving{{2, 5}, 0.5, ""};
  EXPECT_EQ(early.stops_from(0, 10), (Epochs{1, 2}));
  EXPECT_EQ(early.stops_from(1, 10), (Epochs{4, 5}));
  EXPECT_EQ(early.stops_from(2, 10), Epochs{});
  EXPECT_TRUE(early.compares_after(1, 10));
  EXPECT_FALSE(early.compares_after(1, 5));
  EXPECT_FALSE(early.compares_after(2, 10));
}

struct WrongText {
  const char *text, *message;
};

class EarlyText : public testing::TestWithParam<WrongText> {};

TEST_P(EarlyText, IsRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.write("sweep.toml", std::string("config = {}\n") + GetParam().text);
  try {
    read_sweep(path);
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, EarlyText,
    testing::Values(
        WrongText{"stop_below = 0.3", "stop_below: must be { epoch = 1, test_accuracy = 0.3 }"},
        WrongText{"stop_below = { test_accuracy = 0.3 }", "stop_below: needs epoch"},
        WrongText{"stop_below = { epoch = 0, test_accuracy = 0.3 }", "stop_below: needs epoch"},
        WrongText{"stop_below = { epoch = 1, test_accuracy = 30 }", "above 0 and at most 1"},
        WrongText{"stop_below = { epoch = 1, accuracy = 0.3 }", "unknown key `accuracy`"},
        WrongText{"stop_below = [{ epoch = 1, test_accuracy = 0.3 }, { epoch = 1, test_accuracy = 0.4 }]", "two bars"},
        WrongText{"stop_below = []", "stop_below: is an empty list, which stops no point"},
        WrongText{"[search]\nminimise = \"area_m2\"\nsubject_to = []\nnetwork.beta = [1]",
                  "subject_to: is an empty list, which limits nothing"},
        WrongText{"[halving]\nafter_epochs = []", "needs after_epochs"}, WrongText{"[halving]", "needs after_epochs"},
        WrongText{"[halving]\nafter_epochs = [3, 1]", "rising"},
        WrongText{"[halving]\nafter_epochs = [1, 1]", "rising"},
        WrongText{"[halving]\nafter_epochs = [1]\nkeep = 1", "keep: must be above 0 and below 1"},
        WrongText{"[halving]\nafter_epochs = [1]\nminimise = \"inference_jole\"", "did you mean `inference_joule`"},
        WrongText{"[halving]\nafter_epochs = [1]\nminimise = \"lyapunov_per_step\"", "unknown column"},
        WrongText{"[search]\nnetwork.beta = { log = [0.1, 1] }", "either minimise or maximise"},
        WrongText{"[search]\nminimise = \"area_m2\"", "names no key to search over"},
        WrongText{"[search]\nminimise = \"area_m2\"\nsubject_to = \"test_accuracy > 0.8\"\nnetwork.beta = [1]",
                  "subject_to: must be FIGURE >= NUMBER"},
        WrongText{"[search]\nminimise = \"area_m2\"\nrounds = 0\nnetwork.beta = [1]", "rounds: must be an integer"},
        WrongText{"[search]\nminimise = \"area_m2\"\nnetwork.beta = [1]\n[grid]\nnetwork.alpha = [1]",
                  "cannot have [grid] too"},
        WrongText{"[search]\nminimise = \"area_m2\"\nnetwork.beta = [1]\n[set]\nnetwork.beta = 2",
                  "searched over too"}));

}  // namespace
}  // namespace settle::early_stopping_test
