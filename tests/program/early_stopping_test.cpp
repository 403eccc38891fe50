// Sweeps that stop lost causes early, and searches: what goes on is what it would have been, whatever happens on the
// way.
#include <csignal>

#include "tests/program/refusal.h"
#include "tests/program/sweep_fixture.h"

namespace settle::early_stopping_test {
namespace {

const char* const grid =
    "base = 'tiny.toml'\nseeds = [1, 2]\n[set]\nrun.epochs = 3\n[grid]\nlearning.learning_rate = [0.001, 0.01, 0.1, "
    "1]\n";
const std::string halved = std::string("stop_below = { epoch = 1, test_accuracy = 0.05 }\n") + grid +
                           "[halving]\nafter_epochs = [1, 2]\nminimise = 'inference_joule'\n";

class EarlyStops : public SweepTest {
 protected:
  int count(const std::string& state, const std::string& folder = "out") const {
    return std::stoi(value("SELECT count(*) FROM results WHERE state = '" + state + "'", folder));
  }
};

TEST_F(EarlyStops, HalvingStopsTheWorseHalfAndChangesNothingElse) {
  ASSERT_EQ(settle(sweep_of(halved)).status, 0);
  write("full.toml", grid);
  ASSERT_EQ(settle({"sweep", "full.toml", "--out", "full"}).status, 0);
  EXPECT_EQ(count("done"), 2) << "one of four, with two seeds";
  EXPECT_EQ(count("stopped"), 6);
  EXPECT_EQ(value("SELECT count(*) FROM results WHERE state = 'stopped' AND epochs = 1"), "4");
  EXPECT_EQ(value("SELECT count(*) FROM results WHERE message LIKE 'after epoch 1 not among the best 2 of 4'"), "4");
  for (const CsvRow& row : rows()) {
    const std::string of_point = "/points/" + row.at("point") + "/";
    if (row.at("state") != "done") continue;
    for (const char* file : {"costs.csv", "histograms.csv"})
      EXPECT_EQ(read("out" + of_point + file), read("full" + of_point + file)) << file << " of " << row.at("point");
  }
}

TEST_F(EarlyStops, ResultsAreTheSameForAnyJobsAndWorkersAndAfterAKill) {
  ASSERT_EQ(settle(sweep_of(halved, {"--jobs", "1"})).status, 0);
  const std::string once = without_wall_clock(read("out/results.csv"));
  ASSERT_EQ(settle({"sweep", "sweep.toml", "--out", "two", "--jobs", "2"}).status, 0);
  EXPECT_EQ(without_wall_clock(read("two/results.csv")), once);
  {
    const auto first = start({"sweep", "sweep.toml", "--out", "workers", "--worker"});
    const auto second = start({"sweep", "sweep.toml", "--out", "workers", "--worker"});
    EXPECT_EQ(first->wait().status, 0);
    EXPECT_EQ(second->wait().status, 0);
  }
  ASSERT_EQ(settle({"sweep", "sweep.toml", "--out", "workers"}).status, 0);
  EXPECT_EQ(without_wall_clock(read("workers/results.csv")), once);
  for (const int ms : {150, 400, 700}) {
    const auto killed = start({"sweep", "sweep.toml", "--out", "killed"});
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    killed->send(SIGKILL);
    killed->wait();
    EXPECT_TRUE(everything_ends());
  }
  ASSERT_EQ(settle({"sweep", "sweep.toml", "--out", "killed"}).status, 0);
  EXPECT_EQ(without_wall_clock(read("killed/results.csv")), once);
}

// The seeds of a combination stay together: one that a bar has stopped takes the others with it at the next comparison.
TEST_F(EarlyStops, ASeedBelowTheBarTakesItsCombinationOut) {
  ASSERT_EQ(settle(sweep_of(std::string("stop_below = { epoch = 1, test_accuracy = 0.0001 }\n") + grid +
                            "[halving]\nafter_epochs = [1]\nkeep = 0.75\n"))
                .status,
            0);
  EXPECT_EQ(count("done"), 6);
  const std::string worst = value("SELECT min(test_accuracy) FROM epochs WHERE epoch = 1"),
                    point = value("SELECT point FROM epochs WHERE epoch = 1 ORDER BY test_accuracy LIMIT 1");
  const std::string bar = std::to_string(std::stod(worst) + 1e-6);
  write("barred.toml", "stop_below = { epoch = 1, test_accuracy = " + bar + " }\n" + grid +
                           "[halving]\nafter_epochs = [1]\nkeep = 0.9\n");
  ASSERT_EQ(settle({"sweep", "barred.toml", "--out", "barred"}).status, 0);
  const int other = (std::stoi(point) - 1) / 2 * 2 + (std::stoi(point) % 2 == 1 ? 2 : 1);
  for (const std::string& each : {point, std::to_string(other)})
    EXPECT_EQ(value("SELECT state FROM results WHERE point = " + each, "barred"), "stopped") << each;
  EXPECT_EQ(count("done", "barred"), 6);
}

TEST_F(EarlyStops, BarStopsAPointAtOnce) {
  ASSERT_EQ(settle(sweep_of(std::string("stop_below = [{ epoch = 1, test_accuracy = 0.99 }]\n") + grid)).status, 0);
  EXPECT_EQ(count("stopped"), 8);
  EXPECT_EQ(value("SELECT max(epochs) FROM results"), "1");
  EXPECT_NE(value("SELECT message FROM results WHERE point = 1").find("after epoch 1, below 99 %"), std::string::npos);
  const Finished again = settle({"sweep", "sweep.toml", "--out", "out"});
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.out.find("nothing has finished"), std::string::npos) << again.out;
}

class EarlyStopsRefused : public RefusalTest {};

TEST_F(EarlyStopsRefused, WhatHasNoEffect) {
  write("late.toml", std::string("stop_below = { epoch = 3, test_accuracy = 0.1 }\n") + grid);
  expect_refused(
      {"late", {"sweep", "late.toml", "--out", "out"}, {"late.toml: stop_below: epoch 3", "runs of 3 epochs"}});
  write("halved.toml", halved);
  for (const char* figure : {"to_target_joule", "drawn_accuracy_p5", "test_accuracy_rested"}) {
    write("blind.toml", std::string("base = 'tiny.toml'\n[search]\nminimise = '") + figure +
                            "'\nnetwork.beta = { log = [0.1, 1] }\n");
    expect_refused({figure, {"sweep", "blind.toml", "--out", "out"}, {"search", figure, "has no value without run."}});
  }
  expect_refused({"only", {"sweep", "halved.toml", "--out", "out", "--only", "1"}, {"--only", "[halving]"}});
  expect_refused(
      {"until", {"train", "tiny.toml", "--out", "out", "--until-epoch", "3"}, {"--until-epoch 3", "no effect"}});
  expect_refused(
      {"configuration", {"sweep", "tiny.toml", "--out", "out"}, {"is a configuration, not a sweep", "settle train"}});
}

TEST_F(EarlyStops, ARunInPartsIsTheRunInOne) {
  ASSERT_EQ(settle({"train", "tiny.toml", "--set", "run.epochs=3", "--out", "whole"}).status, 0);
  const Finished part = settle({"train", "tiny.toml", "--set", "run.epochs=3", "--out", "parts", "--until-epoch", "1"});
  ASSERT_EQ(part.status, 0);
  EXPECT_NE(part.out.find("has come to epoch 1 of 3, as asked"), std::string::npos) << part.out;
  ASSERT_EQ(settle({"train", "--resume", "parts", "--until-epoch", "1"}).status, 0)
      << "nothing is left to do until then";
  ASSERT_EQ(settle({"train", "--resume", "parts", "--until-epoch", "2"}).status, 0);
  ASSERT_EQ(settle({"train", "--resume", "parts"}).status, 0);
  for (const char* file : {"costs.csv", "histograms.csv"})
    EXPECT_EQ(read(std::string("parts/") + file), read(std::string("whole/") + file));
}

const char* const search =
    "base = 'tiny.toml'\nseeds = [1, 2]\n[search]\nminimise = 'inference_joule'\nsubject_to = 'test_accuracy >= 0.2'\n"
    "rounds = 3\ncombinations = 3\nconverter.adc_bits = { linear = [3, 10] }\nlearning.learning_rate = { log = [1e-3, "
    "1] }\n";

TEST_F(EarlyStops, ASearchIsTheSameInOneGoAndInParts) {
  const Finished done = settle(sweep_of(search, {"--jobs", "1"}));
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(count("done"), 18);
  EXPECT_NE(done.out.find("9 combinations; the Pareto front of inference_joule against test_accuracy_best"),
            std::string::npos)
      << done.out;
  EXPECT_EQ(value("SELECT max(round) FROM proposals"), "3");
  const std::string once = without_wall_clock(read("out/results.csv"));
  for (const int ms : {300, 600, 900}) {
    const auto killed = start({"sweep", "sweep.toml", "--out", "killed"});
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    killed->send(SIGKILL);
    killed->wait();
    EXPECT_TRUE(everything_ends());
  }
  const auto worker = start({"sweep", "sweep.toml", "--out", "killed", "--worker"});
  ASSERT_EQ(settle({"sweep", "sweep.toml", "--out", "killed"}).status, 0);
  EXPECT_EQ(worker->wait().status, 0);
  EXPECT_EQ(without_wall_clock(read("killed/results.csv")), once);
  EXPECT_EQ(value("PRAGMA integrity_check", "killed"), "ok");
  // the page and the questions of any sweep
  EXPECT_EQ(settle({"report", "out"}).status, 0);
  EXPECT_EQ(settle({"sweep", "out", "--show", "test_accuracy >= 0.1", "--sort", "inference_joule"}).status, 0);
}

}  // namespace
}  // namespace settle::early_stopping_test
