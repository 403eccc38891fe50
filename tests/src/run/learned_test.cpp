#include "src/run/learned.h"

#include <random>

#include <gtest/gtest.h>

namespace settle::learned_test {
namespace {

using Counts = Matrix<std::int64_t>;

Counts counts(std::initializer_list<std::initializer_list<std::int64_t>> rows) {
  Counts c(Index(rows.size()), Index(rows.size()));
  Index i = 0;
  for (const auto& row : rows) {
    Index j = 0;
    for (const std::int64_t n : row) c(i, j++) = n;
    ++i;
  }
  return c;
}

TEST(BeatsGuessing, NotWhereOneClassIsCalledForAll) {
  EXPECT_EQ(beats_guessing(counts({{0, 40}, {0, 60}})), false);
  EXPECT_EQ(beats_guessing(counts({{0, 9, 0}, {0, 7, 0}, {0, 8, 0}})), false);
}

TEST(BeatsGuessing, NotWhereAFewStraySamplesHappenToBeRight) {
  EXPECT_EQ(beats_guessing(counts({{5, 995}, {0, 1000}})), false);
}

TEST(BeatsGuessing, NotByGuessing) {
  EXPECT_EQ(beats_guessing(counts({{25, 25}, {25, 25}})), false);
  EXPECT_EQ(beats_guessing(counts({{81, 9}, {9, 1}})), false) << "guessed with the classes' shares";
  EXPECT_EQ(beats_guessing(counts({{0, 50}, {50, 0}})), false) << "worse than guessing";
}

TEST(BeatsGuessing, WhereMoreAreRightThanByChance) {
  EXPECT_EQ(beats_guessing(counts({{35, 15}, {15, 35}})), true);
  EXPECT_EQ(beats_guessing(counts({{8, 2}, {1, 9}})), true);
  EXPECT_EQ(beats_guessing(counts({{70, 20}, {0, 10}})), true) << "though 90 in 100 are of one class";
}

TEST(BeatsGuessing, CannotBeToldFromAFewSamplesOrOneClass) {
  EXPECT_EQ(beats_guessing(counts({{0, 5}, {0, 5}})), std::nullopt);
  EXPECT_EQ(beats_guessing(counts({{100, 0}, {0, 0}})), std::nullopt);
  EXPECT_EQ(beats_guessing(Counts::Zero(10, 10)), std::nullopt);
}

// One in forty: two standard deviations on one side.
TEST(BeatsGuessing, GuessesAreSeldomTakenForLearning) {
  std::mt19937 random(1);
  int taken = 0;
  constexpr int rounds = 2000;
  for (int round = 0; round < rounds; ++round) {
    Counts c = Counts::Zero(10, 10);
    for (Index i = 0; i < 200; ++i) ++c(i % 10, Index(random() % 10));
    taken += beats_guessing(c) == true;
  }
  EXPECT_LT(taken, 0.05 * rounds);
  EXPECT_GT(taken, 0.005 * rounds) << "the bound is far too high";
}

RunResult result_of(const Counts& confusion, std::initializer_list<double> accuracies, double loss = 0.7) {
  RunResult r;
  r.confusion = confusion;
  for (const double accuracy : accuracies) {
    EpochResult e;
    e.epoch = int(r.epochs.size()) + 1;
    e.test_accuracy = accuracy;
    e.test_loss = loss;
    r.epochs.push_back(e);
  }
  return r;
}

std::string said_of(const RunResult& result) {
  const auto complaint = nothing_learned({}, result);
  return complaint ? complaint->what + "; " + complaint->remedy : "";
}

TEST(NothingLearned, SaysWhatAndWhatToTry) {
  const Counts dead = counts({{0, 50}, {0, 50}});
  EXPECT_EQ(
      said_of(result_of(dead, {0.5})),
      "nothing was learned: every test sample is called class 1; try learning.learning_rate ten times lower, then "
      "ten times higher, or raise network.beta or learning.nudge");
  EXPECT_EQ(said_of(result_of(dead, {0.5}, 6.0)),
            "nothing was learned: every test sample is called class 1; lower learning.learning_rate");
  const std::string guessed = said_of(result_of(counts({{25, 25}, {25, 25}}), {0.5}));
  EXPECT_NE(guessed.find("no better than guessed"), std::string::npos) << guessed;
  const std::string lost = said_of(result_of(dead, {0.9, 0.5}));
  EXPECT_EQ(lost.rfind("what was learned is lost (90.0 % after epoch 1): ", 0), 0u) << lost;
}

// Whatever its random initial weights are good for.
TEST(NothingLearned, WithoutPulses) {
  RunResult r = result_of(counts({{40, 10}, {10, 40}}), {0.8});
  r.trained = 100;
  r.ledger.book(Section::programming, Phase::update, "input_hidden1", action::write_pulse, 1000, heat(1));
  EXPECT_EQ(has_learned({}, r), false);
  EXPECT_EQ(said_of(r), "nothing was learned: training has sent no pulse to any device; raise learning.learning_rate");
  r.ledger.book(Section::training, Phase::update, "input_hidden1", action::write_pulse, 1, heat(1));
  EXPECT_EQ(has_learned({}, r), true);
}

TEST(NothingLearned, IsSilentOtherwise) {
  EXPECT_EQ(said_of(result_of(counts({{40, 10}, {10, 40}}), {0.8})), "");
  EXPECT_EQ(said_of(result_of(counts({{0, 50}, {0, 50}}), {})), "") << "no epoch was finished";
}

}  // namespace
}  // namespace settle::learned_test
