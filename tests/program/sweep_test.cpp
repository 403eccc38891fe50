// A sweep: which points there are, what is written about them, and that it goes on where it stopped.
#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/program/refusal.h"
#include "tests/program/sweep_fixture.h"

namespace settle::sweep_test {
namespace {

class Sweep : public SweepTest {
 protected:
  static std::vector<std::pair<std::string, std::size_t>> lines_and_widths(const std::string& text) {
    std::vector<std::pair<std::string, std::size_t>> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) all.emplace_back(line, line.size());
    return all;
  }
};

constexpr const char* cases_grid_and_seeds = R"(
base = "tiny.toml"
seeds = [4, 2]
[set]
run.epochs = 1
[grid]
"network.beta" = [0.1, 0.01]
learning.optimizer = ["adam", "sgd"]
[[case]]
name = "two, layers"
[[case]]
name = "one"
set = { network.hidden = [5, 4], run.epochs = 2 }
)";

TEST_F(Sweep, IsCasesTimesGridTimesSeedsInTheirOrder) {
  const Finished run = settle(sweep_of(cases_grid_and_seeds));
  ASSERT_EQ(run.status, 0) << run.err;
  const auto all = rows();
  ASSERT_EQ(all.size(), 2u * 2 * 2 * 2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const CsvRow& row = all[i];
    EXPECT_EQ(number(row, "point"), i + 1);
    EXPECT_EQ(row.at("case"), i < 8 ? "two, layers" : "one");
    EXPECT_EQ(row.at("network.beta"), i / 4 % 2 == 0 ? "0.1" : "0.01");
    EXPECT_EQ(row.at("learning.optimizer"), i / 2 % 2 == 0 ? "adam" : "sgd");
    EXPECT_EQ(row.at("seed"), i % 2 == 0 ? "4" : "2");
    EXPECT_EQ(row.at("state"), "done");
    EXPECT_EQ(row.at("epochs"), i < 8 ? "1" : "2") << "a case sets what all points have otherwise";
  }
}

TEST_F(Sweep, APointIsTheRunOfItsSettings) {
  ASSERT_EQ(settle(sweep_of(cases_grid_and_seeds)).status, 0);
  train("alone",
        {"run.epochs=2", "network.hidden=[5,4]", "network.beta=0.01", "learning.optimizer=adam", "run.seed=2"});
  const CsvRow row = rows()[8 + 4 + 1];
  const nlohmann::json s = summary("alone");
  EXPECT_EQ(number(row, "test_accuracy_best"), s["test_accuracy"]["best"]);
  EXPECT_EQ(number(row, "best_epoch"), s["test_accuracy"]["best_epoch"]);
  EXPECT_EQ(number(row, "test_accuracy_last"), s["test_accuracy"]["last"]);
  EXPECT_EQ(number(row, "total_joule"), s["energy_joule"]["total"]["nominal"]);
  EXPECT_EQ(number(row, "training_sample_second"), s["latency_second"]["per_training_sample"]);
  EXPECT_EQ(number(row, "pulses"), s["pulses_total"]);
  EXPECT_EQ(number(row, "free_steps_mean"), s["settling"]["free_steps_mean"]);
  EXPECT_EQ(number(row, "spectral_radius"), s["spectral_radius"]);
  EXPECT_EQ(csv_rows(read("out/points/014/metrics.csv")).size(), 2u) << "the learning curve";
}

TEST_F(Sweep, SummaryIsMeanAndDeviationOverSeeds) {
  const Finished run = settle(sweep_of("base = 'tiny.toml'\nseeds = [1, 2, 3]\n[grid]\nnetwork.beta = [0.05, 0.5]\n"));
  ASSERT_EQ(run.status, 0) << run.err;
  const auto points = rows(), means = csv_rows(read("out/summary.csv"));
  ASSERT_EQ(means.size(), 2u);
  for (const char* column : {"test_accuracy_best", "test_accuracy_last"})
    for (std::size_t i = 0; i < 2; ++i) {
      double mean = 0, squares = 0;
      for (std::size_t seed = 0; seed < 3; ++seed) mean += number(points[3 * i + seed], column) / 3;
      for (std::size_t seed = 0; seed < 3; ++seed) squares += std::pow(number(points[3 * i + seed], column) - mean, 2);
      EXPECT_NEAR(number(means[i], std::string(column) + "_mean"), mean, 1e-5);
      EXPECT_NEAR(number(means[i], std::string(column) + "_sd"), std::sqrt(squares / 2), 1e-5);
      EXPECT_EQ(means[i].at("seeds"), "3");
    }
  for (const char* column : {"inference_joule", "total_second", "area_m2", "free_steps_mean", "joule_per_multiply_add"})
    EXPECT_GT(number(means[0], std::string(column) + "_mean"), 0) << "all headlines have a mean";
  char shown[20];
  std::snprintf(shown, sizeof shown, "%.2f +- ", 100 * number(means[1], "test_accuracy_best_mean"));
  EXPECT_NE(run.out.find(shown), std::string::npos) << run.out;
}

TEST_F(Sweep, SameBytesForAnyNumberOfJobs) {
  ASSERT_EQ(settle(sweep_of(cases_grid_and_seeds, {"--jobs", "1"})).status, 0);
  std::filesystem::rename(path("out"), path("one"));
  ASSERT_EQ(settle(sweep_of(cases_grid_and_seeds, {"--jobs", "3"})).status, 0);
  const std::string one = read("one/results.csv"), three = read("out/results.csv");
  EXPECT_EQ(without_wall_clock(one), without_wall_clock(three));
  EXPECT_NE(one.find("wall_second\n"), std::string::npos);
  EXPECT_FALSE(exists("out/results.db-journal")) << "the journal goes with the last process";
  const int of_wall_clock = 4;
  EXPECT_EQ(without_wall_clock(read("one/summary.csv"), of_wall_clock),
            without_wall_clock(read("out/summary.csv"), of_wall_clock));
}

TEST_F(Sweep, ConfigurationInTheFileItself) {
  const std::string data = "[config.data]\nname = 'tiny'\npath = 'data'\n[config.network]\nhidden = [7]\n";
  const Finished run = settle(sweep_of("[config]\nrun = { epochs = 1, seed = 3 }\n" + data));
  ASSERT_EQ(run.status, 0) << run.err;
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].at("seed"), "3");
  EXPECT_EQ(summary("out/points/001")["network"], "64-7-3");
}

constexpr const char* long_points = R"(
base = "tiny.toml"
seeds = [1, 2, 3, 4]
[[case]]
name = "short"
set = { run.epochs = 1 }
[[case]]
name = "long"
set = { run.epochs = 100000 }
)";

TEST_F(Sweep, GoesOnAfterItWasKilled) {
  const std::string seeds = "base = 'tiny.toml'\nseeds = [1, 2, 3, 4, 5, 6]\n[set]\nrun.epochs = 20\n";
  {
    const auto process = start(sweep_of(seeds, {"--jobs", "1"}));
    ASSERT_TRUE(process->wait_for_err("point 002")) << process->err_so_far();
    process->send(SIGKILL);
    EXPECT_EQ(process->wait().status, 128 + SIGKILL);
  }
  EXPECT_TRUE(everything_ends()) << "a point outlives its sweep";
  const auto before = rows();
  ASSERT_EQ(before.size(), 6u);
  EXPECT_EQ(before[1].at("state"), "done");
  EXPECT_EQ(before[5].at("state"), "waiting");
  EXPECT_EQ(before[5].at("test_accuracy_best"), "");
  const auto first = written("001"), second = written("002");

  const Finished run = settle(sweep_of("# a comment changes nothing\n" + seeds, {"--resume"}));
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("point 001"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("point 006"), std::string::npos) << run.err;
  EXPECT_EQ(written("001"), first);
  EXPECT_EQ(written("002"), second);
  const auto after = rows();
  EXPECT_EQ(after[0], before[0]);
  for (const CsvRow& row : after) EXPECT_EQ(row.at("state"), "done");
}

TEST_F(Sweep, APointThatWasCutOffGoesOn) {
  const std::string text = "base = 'tiny.toml'\n[set]\nrun.epochs = 30\nrun.checkpoint_minutes = 1e-5\n";
  for (const int signal : {SIGKILL, SIGTERM}) {
    std::filesystem::remove_all(path("out"));
    const auto process = start(sweep_of(text));
    for (int i = 0; i < 10000 && !exists("out/points/001/metrics.csv"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    process->send(signal);
    process->wait();
    EXPECT_TRUE(everything_ends());
    EXPECT_EQ(rows()[0].at("state"), signal == SIGKILL ? "waiting" : "cut off");
    EXPECT_EQ(settle(sweep_of(text, {"--resume"})).status, 0);
    EXPECT_EQ(rows()[0].at("state"), "done");
    EXPECT_NE(read("out/points/001/log.txt").find("going on in epoch "), std::string::npos);
    train("whole", {"run.epochs=30"});
    EXPECT_TRUE(read("whole/checkpoint.h5") == read("out/points/001/checkpoint.h5"));
    EXPECT_EQ(read("whole/costs.csv"), read("out/points/001/costs.csv"));
    std::filesystem::remove_all(path("whole"));
  }
}

TEST_F(Sweep, InterruptEndsThePointsAndKeepsWhatIsFinished) {
  const auto process = start(sweep_of(long_points, {"--jobs", "2"}));
  ASSERT_TRUE(process->wait_for_err("point 004")) << process->err_so_far();
  const auto both_train = [&] { return exists("out/points/005/metrics.csv") && exists("out/points/006/metrics.csv"); };
  for (int i = 0; i < 10000 && !both_train(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  process->send(SIGINT);
  const Finished run = process->wait();
  EXPECT_EQ(run.status, 130) << run.err;
  EXPECT_FALSE(anything_runs());
  EXPECT_NE(run.err.find("settle: interrupted after 4 of 8 points"), std::string::npos) << run.err;
  const auto all = rows();
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(all[i].at("state"), i < 4 ? "done" : i < 6 ? "cut off" : "waiting");
  EXPECT_EQ(summary("out/points/005")["interrupted"], true) << "it ended as Ctrl-C ends a run";
  EXPECT_FALSE(exists("out/points/007"));
}

constexpr const char* one_fails = R"(
base = "tiny.toml"
[set]
settling.time_step_s = 1e-6
[grid]
neuron.tau_s = [1e-8, 1.0, 2e-8]
)";  // simulated time ends at 5 h

TEST_F(Sweep, APointThatFailsDoesNotStopTheOthers) {
  const Finished run = settle(sweep_of(one_fails, {"--jobs", "1"}));
  EXPECT_EQ(run.status, 1);
  const auto all = rows();
  ASSERT_EQ(all.size(), 3u) << run.err;
  EXPECT_EQ(all[0].at("state"), "done");
  EXPECT_EQ(all[1].at("state"), "failed");
  EXPECT_EQ(all[1].at("test_accuracy_last"), "");
  EXPECT_EQ(all[2].at("state"), "done");
  EXPECT_NE(run.err.find("settle: point 002 (neuron.tau_s = 1.0) failed: a simulated time of "), std::string::npos)
      << run.err;
  EXPECT_NE(read("out/points/002/log.txt").find("settle: a simulated time"), std::string::npos);
  EXPECT_NE(run.out.find("not shown: 1 without a finished point"), std::string::npos) << run.out;

  const auto first = written("001"), second = written("002");
  const Finished again = settle(sweep_of(one_fails));
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(written("001"), first);
  EXPECT_GT(written("002"), second) << "what has failed is tried again";
}

// What ends a run in its middle is said in the table of points: here a simulated time that nothing counts.
TEST_F(Sweep, APointThatEndsInItsMiddleIsRecordedWithTheReason) {
  const Finished run =
      settle(sweep_of("base = \"tiny.toml\"\n[set]\nrun.epochs = 20\n[grid]\ndevice.pulse_s = [1, 1e-6]\n"));
  EXPECT_EQ(run.status, 1) << run.err;
  const std::string error = value("SELECT message FROM points WHERE point = 1");
  for (const char* part : {"simulated time", "lower run.epochs or device.pulse_s"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
  EXPECT_NE(run.err.find(error), std::string::npos) << run.err;
  EXPECT_EQ(rows().size(), 2u);
}

TEST_F(Sweep, RefusesAFolderOfAnotherSweep) {
  const std::string text = "base = 'tiny.toml'\n[set]\nrun.epochs = 1\n";
  ASSERT_EQ(settle(sweep_of(text)).status, 0);
  const std::string table = read("out/results.csv");
  const auto refused = [&](const std::string& changed) {
    const Finished run = settle(sweep_of(changed));
    EXPECT_EQ(run.status, 2) << changed;
    EXPECT_NE(run.err.find("out: holds another sweep"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("--out"), std::string::npos) << run.err;
    EXPECT_EQ(read("out/results.csv"), table);
  };
  refused("base = 'tiny.toml'\n[set]\nrun.epochs = 2\n");
  refused(text + "[grid]\nnetwork.beta = [0.1]\n");
  refused("seeds = [1]\n" + text);
  write("tiny.toml", std::string(tiny_configuration) + "neurons = 2\n");  // the base
  refused(text);
}

TEST_F(Sweep, TakesOverWhatAnotherHasRun) {
  ASSERT_EQ(settle(sweep_of(cases_grid_and_seeds)).status, 0);
  const auto before = rows();
  std::filesystem::rename(path("out"), path("old"));
  set_state("old", 3, "failed");
  // the same points in another order, one more seed, one other value
  const std::string grown = R"(
base = "tiny.toml"
seeds = [2, 3, 4]
[set]
run.epochs = 1
[grid]
learning.optimizer = ["adam", "sgd"]
network.beta = [0.2, 0.1]
)";
  const Finished run = settle(sweep_of(grown, {"--reuse", "old"}));
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("3 points taken over from old"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("12 points, 3 done already"), std::string::npos) << run.err;
  int taken = 0;
  for (const CsvRow& row : rows()) {
    EXPECT_EQ(row.at("state"), "done");
    const CsvRow* same = nullptr;
    for (const CsvRow& old : before)
      if (old.at("epochs") == "1" && old.at("network.beta") == row.at("network.beta") &&
          old.at("learning.optimizer") == row.at("learning.optimizer") && old.at("seed") == row.at("seed"))
        same = &old;
    if (same == nullptr) continue;
    EXPECT_EQ(row.at("total_joule"), same->at("total_joule"));
    const bool copied = row.at("wall_second") == same->at("wall_second");
    EXPECT_EQ(copied, same->at("point") != "003") << "what had failed runs again";
    taken += copied;
  }
  EXPECT_EQ(taken, 3);
}

TEST_F(Sweep, TakesOverOnlyWhatIsAnalysedIntoOneThatAnalyses) {
  ASSERT_EQ(settle(sweep_of("base = 'tiny.toml'\n")).status, 0);
  std::filesystem::rename(path("out"), path("old"));
  const Finished run = settle(sweep_of("base = 'tiny.toml'\nanalyze = true\n", {"--reuse", "old"}));
  EXPECT_NE(run.err.find("0 points taken over"), std::string::npos) << run.err;
  EXPECT_LT(number(rows()[0], "lyapunov_per_step"), 0);
}

// Turns a folder into one of an earlier version of the program, which kept no database.
void forget_database(const std::string& folder) {
  std::filesystem::remove(folder + "/results.db");
  std::ofstream(folder + "/sweep.sha256") << "0\n";
  for (const auto& point : std::filesystem::directory_iterator(folder + "/points"))
    std::ofstream(point.path() / "point.json") << R"({"trained": true, "wall_seconds": 1.25})";
}

TEST_F(Sweep, TakesOverFromAFolderWithoutADatabase) {
  const std::string text = "base = 'tiny.toml'\nseeds = [1, 2]\n";
  ASSERT_EQ(settle(sweep_of(text)).status, 0);
  const auto before = rows();
  forget_database(path("out"));
  const Finished refused = settle(sweep_of(text));
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("out: was written by an earlier version of settle"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--reuse"), std::string::npos) << refused.err;
  std::filesystem::rename(path("out"), path("old"));
  std::filesystem::rename(path("old/points/002"), path("old/points/002.part"));  // a copy that was cut off
  const Finished run = settle(sweep_of(text, {"--reuse", "old"}));
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("1 points taken over"), std::string::npos) << run.err;
  EXPECT_EQ(rows()[0].at("wall_second"), "1.25");
  EXPECT_EQ(rows()[0].at("total_joule"), before[0].at("total_joule"));
  EXPECT_EQ(rows()[1].at("total_joule"), before[1].at("total_joule"));
}

TEST_F(Sweep, TakesOverFromASweepOnly) {
  for (const char* folder : {"data", "nowhere"}) {
    const Finished run = settle(sweep_of("base = 'tiny.toml'\n", {"--reuse", folder}));
    EXPECT_EQ(run.status, 2);
    EXPECT_EQ(run.err, std::string("settle: --reuse ") + folder + ": not a folder that `settle sweep` has written\n");
    EXPECT_FALSE(exists("out"));
  }
}

TEST_F(Sweep, RefusesASecondOneInTheSameFolder) {
  const auto first = start(sweep_of(long_points));
  ASSERT_TRUE(first->wait_for_err("writing to out")) << first->err_so_far();
  std::filesystem::create_directory(path("elsewhere"));  // for what it prints
  std::filesystem::create_directory_symlink(path("data"), path("elsewhere/data"));
  Process second({SETTLE_PROGRAM, "sweep", path("sweep.toml"), "--out", path("out")}, path("elsewhere"));
  const Finished run = second.wait();
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("another `settle sweep` is running there"), std::string::npos) << run.err;
  first->send(SIGINT);
  EXPECT_EQ(first->wait().status, 130);
}

TEST_F(Sweep, AnalysesWhatItHasTrained) {
  const std::string text = "base = 'tiny.toml'\nanalyze = true\n[grid]\nnetwork.beta = [0.01, 0.1]\n";
  const Finished run = settle(sweep_of(text));
  ASSERT_EQ(run.status, 0) << run.err;
  for (const CsvRow& row : rows()) {
    const std::string point = "out/points/" + row.at("point");
    const CsvRow found = csv_rows(read(point + "/analysis/stability.csv")).back();
    EXPECT_EQ(found.at("weights"), "trained");
    EXPECT_EQ(found.at("lyapunov_per_step"), row.at("lyapunov_per_step"));
    EXPECT_LT(number(row, "lyapunov_per_step"), 0);
    EXPECT_GT(number(row, "convergence_step"), 1);
  }
  EXPECT_LT(number(rows()[0], "lyapunov_per_step"), number(rows()[1], "lyapunov_per_step"));
}

TEST_F(Sweep, AFailedAnalysisDoesNotCostTheTraining) {
  const std::string text = "base = 'tiny.toml'\nanalyze = true\n";
  ASSERT_EQ(settle(sweep_of(text)).status, 0);
  const std::string point = "out/points/" + rows()[0].at("point") + "/";
  const auto trained = written(rows()[0].at("point"));
  const std::string exponent = rows()[0].at("lyapunov_per_step");
  // as a failing analysis leaves it
  std::filesystem::remove_all(path(point + "analysis"));
  set_state("out", 1, "failed");
  ASSERT_EQ(settle(sweep_of(text)).status, 0);
  EXPECT_EQ(rows()[0].at("state"), "done");
  EXPECT_EQ(rows()[0].at("lyapunov_per_step"), exponent);
  EXPECT_EQ(written(rows()[0].at("point")), trained) << "it is not trained again";
}

constexpr const char* two_betas = "base = 'tiny.toml'\nseeds = [1, 2]\n[grid]\nnetwork.beta = [0.05, 0.2]\n";

TEST_F(Sweep, OnlySomePointsRunNow) {
  const Finished some = settle(sweep_of(two_betas, {"--only", "2,4"}));
  ASSERT_EQ(some.status, 0) << some.err;
  const auto states = [&] {
    std::string text;
    for (const CsvRow& row : rows()) text += row.at("state") + " ";
    return text;
  };
  EXPECT_EQ(states(), "waiting done waiting done ");
  ASSERT_EQ(settle(sweep_of(two_betas, {"--only", "state = 'waiting' and beta = 0.05"})).status, 0);
  EXPECT_EQ(states(), "done done waiting done ");
  ASSERT_EQ(settle(sweep_of(two_betas)).status, 0);
  EXPECT_EQ(states(), "done done done done ");
}

TEST_F(Sweep, ListSaysWhatWouldRun) {
  const Finished before = settle(sweep_of(two_betas, {"--list"}));
  EXPECT_EQ(before.status, 0) << before.err;
  EXPECT_EQ(before.out,
            "all rows: state = waiting\npoint  beta  seed\n001    0.05  1\n002    0.05  2\n003    0.2   1\n"
            "004    0.2   2\n4 points: 2 of network.beta x 2 seeds\n4 to run; how long is not known before one has "
            "finished\n");
  EXPECT_FALSE(exists("out"));
  ASSERT_EQ(settle(sweep_of(two_betas, {"--only", "1"})).status, 0);
  const Finished after = settle(sweep_of(two_betas, {"--list", "--only", "1-2", "--jobs", "1"}));
  EXPECT_NE(after.out.find("001    1     done\n002    2     waiting\n"), std::string::npos) << after.out;
  EXPECT_NE(after.out.find("of these 2 by --only\n1 to run, about 0:0"), std::string::npos) << after.out;
}

TEST_F(Sweep, SetGoesBeforeWhatTheFileSays) {
  const std::string text = std::string(two_betas) + "[[case]]\nname = 'a'\nset = { run.epochs = 3 }\n";
  ASSERT_EQ(settle(sweep_of(text, {"--set", "run.epochs=1", "--set", "network.hidden=[5,5]"})).status, 0);
  for (const CsvRow& row : rows()) EXPECT_EQ(row.at("epochs"), "1");
  EXPECT_EQ(summary("out/points/001")["network"], "64-5-5-3");
  const Finished other = settle(sweep_of(text));
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.err.find("holds another sweep"), std::string::npos) << other.err;
}

TEST_F(Sweep, ShowAnswersQuestions) {
  ASSERT_EQ(settle(sweep_of(two_betas)).status, 0);
  const auto all = rows();
  const Finished shown =
      settle({"sweep", "out", "--show", "beta = 0.2", "--sort", "-seed", "--columns", "total_joule"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  EXPECT_EQ(shown.out.rfind("all rows: beta = 0.2\npoint  seed  total_joule ", 0), 0u) << shown.out;
  EXPECT_LT(shown.out.find("\n004    2     "), shown.out.find("\n003    1     ")) << shown.out;
  EXPECT_NE(shown.out.find("2 of 4 points\n"), std::string::npos);
  const std::string most = "test_accuracy > 2 or not (inference_joule < 1)";
  EXPECT_EQ(settle({"sweep", "sweep.toml", "--out", "out", "--show", most}).out, "none of 4 points\n");
  const Finished limited = settle({"sweep", "out", "--show", "--limit", "1"});
  EXPECT_NE(limited.out.find("\n001  "), std::string::npos) << limited.out;
  EXPECT_NE(limited.out.find("\n1 of 4 points\n"), std::string::npos) << limited.out;
  EXPECT_NE(settle({"sweep", "out", "--columns", "help"}).out.find("\ninference_joule "), std::string::npos);
  EXPECT_NE(settle({"sweep", "out"}).out.find("points: 4 done\n"), std::string::npos);
  const Finished wrong = settle({"sweep", "out", "--show", "bta = 1"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.err.find("settle: --show: unknown column `bta`; did you mean `beta`?"), std::string::npos)
      << wrong.err;
  for (const auto& [line, width] : lines_and_widths(settle({"sweep", "out", "--show", "--columns", "all"}).out))
    EXPECT_LE(width, 100u) << line;
  const std::string wide_ones =
      "inference_joule,training_sample_joule,inference_second,area_m2,peak_watt,epoch_joule,pulses";
  const Finished wide = settle({"sweep", "out", "--show", "--columns", wide_ones});
  EXPECT_EQ(wide.out.find("left out"), std::string::npos) << wide.out;
  EXPECT_NE(wide.out.find(" pulses"), std::string::npos) << wide.out;
}

TEST_F(Sweep, SmokeOfTheRealThing) {
  const Finished run = settle({"sweep", SETTLE_SOURCE "/configs/paper/smoke.toml", "--out", "out"});
  EXPECT_EQ(run.status, 0) << run.err;
  for (const CsvRow& row : rows()) EXPECT_GT(number(row, "test_accuracy_best"), 0.15) << "chance is 0.1";
}

struct WrongSweep {
  const char* name;
  const char* text;
  std::vector<const char*> mentions;
};
std::ostream& operator<<(std::ostream& out, const WrongSweep& w) { return out << w.name; }

const WrongSweep wrong_sweeps[] = {
    {"no_toml", "base = \n", {"sweep.toml:1: "}},
    {"no_base", "seeds = [1]\n", {"sweep.toml: ", "base = ", "[config]"}},
    {"base_and_config", "base = 'tiny.toml'\n[config]\nrun.epochs = 1\n", {"sweep.toml: ", "either"}},
    {"no_such_base", "\nbase = 'tny.toml'\n", {"sweep.toml:2: base: ", "tny.toml", "no such file"}},
    {"base_no_name", "base = 3\n", {"sweep.toml:1: base: "}},
    {"unknown_word", "base = 'tiny.toml'\n[gird]\n", {"sweep.toml:2: ", "gird", "did you mean `grid`"}},
    {"unknown_key_of_grid",
     "base = 'tiny.toml'\n[grid]\nnetwork.betta = [1]\n",
     {"sweep.toml:3: ", "network.betta", "did you mean `network.beta`", "point: network.betta = 1"}},
    {"unknown_key_of_set", "base = 'tiny.toml'\n[set]\nrun.epoch = 1\n", {"sweep.toml:3: ", "`run.epochs`"}},
    {"analyze_no_bool", "base = 'tiny.toml'\nanalyze = 1\n", {"sweep.toml:2: analyze: ", "true or false"}},
    {"empty_list", "base = 'tiny.toml'\n[grid]\nnetwork.beta = []\n", {"sweep.toml:3: network.beta: ", "empty list"}},
    {"no_list", "base = 'tiny.toml'\n[grid]\nnetwork.beta = 0.1\n", {"sweep.toml:3: network.beta: ", "list"}},
    {"twice", "base = 'tiny.toml'\n[grid]\nnetwork.beta = [0.1, 0.10]\n", {"sweep.toml:3: ", "0.1 is there twice"}},
    {"stated_twice",
     "base = 'tiny.toml'\n[grid]\n'network.beta' = [1]\nnetwork.beta = [2]\n",
     {"sweep.toml:4: network.beta: ", "stated twice"}},
    {"wrong_type",
     "base = 'tiny.toml'\nseeds = [5]\n[grid]\nnetwork.beta = [0.1, 'a']\n",
     {"sweep.toml:4: network.beta: ", "a number from 1e-09", "point: network.beta = a, seed 5"}},
    {"table_in_grid",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = [{ a = 1 }]\n",
     {"sweep.toml:3: network.beta: ", "not a table", "network.beta = { \"a\" = 1 }"}},
    {"table_in_set", "base = 'tiny.toml'\n[set.network.beta]\na = 1\n", {"network.beta: ", "not a table"}},
    {"last_point_out_of_range",
     "base = 'tiny.toml'\n[grid]\nnetwork.alpha = [1, 2]\nnetwork.beta = [0.1, -1]\n",
     {"sweep.toml:4: network.beta: ", "not -1", "network.alpha = 1, network.beta = -1"}},
    {"wrong_seed", "base = 'tiny.toml'\nseeds = [1, -1]\n", {"sweep.toml:2: run.seed: ", "not -1"}},
    {"range_of_one",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { linear = [0.1, 1], n = 1 }\n",
     {"sweep.toml:3: network.beta: ", "n = 1", "n = 2"}},
    {"range_without_width",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { linear = [1, 1], n = 2 }\n",
     {"sweep.toml:3: network.beta: ", "the same"}},
    {"range_without_n",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { linear = [0.1, 1] }\n",
     {"sweep.toml:3: network.beta: ", "needs n"}},
    {"range_of_nothing",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { linear = [0.1, 1], n = 0 }\n",
     {"sweep.toml:3: network.beta: ", "from 1"}},
    {"range_of_log_zero",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { log = [0, 1], n = 3 }\n",
     {"sweep.toml:3: network.beta: ", "above 0"}},
    {"range_of_both",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { log = [1, 2], linear = [1, 2], n = 3 }\n",
     {"sweep.toml:3: network.beta: ", "either linear"}},
    {"range_with_a_slip",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { lin = [1, 2], n = 3 }\n",
     {"sweep.toml:3: ", "unknown key `lin`", "There are linear, log, n"}},
    {"range_of_three",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { log = [1, 2, 3], n = 3 }\n",
     {"sweep.toml:3: network.beta: ", "two finite numbers"}},
    {"range_to_infinity",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = { linear = [1, inf], n = 3 }\n",
     {"sweep.toml:3: network.beta: ", "two finite numbers"}},
    {"range_of_words",
     "base = 'tiny.toml'\n[grid]\nlearning.optimizer = { linear = [1, 2], n = 2 }\n",
     {"sweep.toml:3: learning.optimizer: ", "takes no numbers"}},
    {"range_with_too_few_integers",
     "base = 'tiny.toml'\n[grid]\nrun.epochs = { linear = [1, 3], n = 5 }\n",
     {"sweep.toml:3: run.epochs: ", "lower n"}},
    {"range_beyond_the_key",
     "base = 'tiny.toml'\n[grid]\nrun.epochs = { linear = [0, 3], n = 2 }\n",
     {"sweep.toml:3: run.epochs: ", "not 0", "point: run.epochs = 0"}},
    {"zip_of_unequal_lists",
     "base = 'tiny.toml'\n[zip]\nnetwork.beta = [1, 2]\nnetwork.alpha = [1, 2, 3]\n",
     {"sweep.toml:4: network.alpha: ", "has 3 values", "network.beta has 2"}},
    {"zip_of_equal_rows",
     "base = 'tiny.toml'\n[zip]\nnetwork.beta = [1, 1]\nnetwork.alpha = [2, 2]\n",
     {"sweep.toml:2: zip: ", "row 2 is the same as row 1"}},
    {"zip_of_nothing", "base = 'tiny.toml'\n[zip]\n", {"sweep.toml:2: zip: ", "is empty"}},
    {"zip_and_grid",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = [1]\n[zip]\nnetwork.beta = [2]\n",
     {"sweep.toml:5: network.beta: ", "an axis twice"}},
    {"random_without_n",
     "base = 'tiny.toml'\n[random]\nnetwork.beta = { log = [0.1, 1] }\n",
     {"sweep.toml:2: random: ", "needs n"}},
    {"random_without_keys", "base = 'tiny.toml'\n[random]\nn = 3\n", {"sweep.toml:2: random: ", "names no key"}},
    {"sobol_of_one_value",
     "base = 'tiny.toml'\n[sobol]\nn = 3\nnetwork.beta = 1\n",
     {"sweep.toml:4: network.beta: ", "list of values", "log ="}},
    {"sobol_with_a_wrong_seed",
     "base = 'tiny.toml'\n[sobol]\nn = 3\nseed = -1\nnetwork.beta = [1, 2]\n",
     {"sweep.toml:4: seed: "}},
    {"seed_in_grid", "base = 'tiny.toml'\n[grid]\nrun.seed = [1]\n", {"sweep.toml:3: run.seed: ", "seeds = "}},
    {"case_without_name", "base = 'tiny.toml'\n[[case]]\nset = {}\n", {"sweep.toml:2: case: ", "name"}},
    {"cases_alike", "base = 'tiny.toml'\n[[case]]\nname = 'a'\n[[case]]\nname = 'a'\n", {"sweep.toml:4: case: ", "a"}},
    {"case_no_table", "base = 'tiny.toml'\ncase = 3\n", {"sweep.toml:2: case: "}},
    {"grid_and_case",
     "base = 'tiny.toml'\n[grid]\nnetwork.beta = [1]\n[[case]]\nname = 'a'\nset.network.beta = 2\n",
     {"sweep.toml:6: network.beta: ", "[grid]"}},
    {"keys_that_contradict",
     "base = 'tiny.toml'\n[grid]\nlearning.update = ['host', 'in-situ']\n",
     {"sweep.toml:3: learning.update: ", "run.batch", "learning.update = in-situ"}},
    {"no_such_table",
     "base = 'tiny.toml'\n[grid]\ndevice.table = ['none.csv']\n",
     {"none.csv", "point: device.table = none.csv"}},
    {"no_such_data",
     "base = 'tiny.toml'\n[grid]\ndata.path = ['data', 'nowhere']\n",
     {"nowhere", "point: data.path = nowhere"}},
};

class WrongSweepFile : public RefusalTest, public testing::WithParamInterface<WrongSweep> {};

TEST_P(WrongSweepFile, IsRefusedInOneLine) {
  write("sweep.toml", GetParam().text);
  expect_refused({GetParam().name, {"sweep", "sweep.toml", "--out", "out"}, GetParam().mentions});
}

INSTANTIATE_TEST_SUITE_P(Refusal, WrongSweepFile, testing::ValuesIn(wrong_sweeps), named);

TEST_F(RefusalTest, SweepOptions) {
  write("sweep.toml", "base = 'tiny.toml'\nseeds = [1, 2]\n[grid]\nnetwork.beta = [0.1, 0.2]\n");
  const std::vector<std::pair<Words, std::vector<const char*>>> all = {
      {{"--set", "network.beta=1"}, {"--set network.beta=1: network.beta: is in [grid] too"}},
      {{"--set", "run.seed=1"}, {"--set run.seed=1: run.seed: the sweep has seeds"}},
      {{"--set", "run.epoch=1"}, {"--set run.epoch=1: ", "did you mean `run.epochs`"}},
      {{"--set", "nonsense"}, {"--set nonsense: write KEY=VALUE"}},
      {{"--only", "5"}, {"--only: `5`: must be a point from 1 to 4"}},
      {{"--only", "0"}, {"--only: `0`: "}},
      {{"--only", "3-2"}, {"--only: `3-2`: ends before it begins"}},
      {{"--only", "1,,2"}, {"--only: ``: must be a point"}},
      {{"--only", "beta > 1"}, {"--only: `beta > 1`: none of 4 points"}},
      {{"--only", "bta > 1"}, {"--only: unknown column `bta`; did you mean"}},
      {{"--show", "beta >"}, {"out/results.db: no such file"}},
  };
  for (const auto& [options, mentions] : all) {
    Words words = {"sweep", "sweep.toml", "--out", "out"};
    words.insert(words.end(), options.begin(), options.end());
    expect_refused({"", words, mentions});
  }
}

TEST_F(RefusalTest, SweepFileThatIsMissing) {
  expect_refused({"", {"sweep", "nowhere.toml", "--out", "out"}, {"nowhere.toml", "no such file"}});
}

TEST_F(RefusalTest, SweepWithNothingToResume) {
  write("sweep.toml", "base = 'tiny.toml'\n");
  expect_refused({"", {"sweep", "sweep.toml", "--out", "out", "--resume"}, {"out: ", "nothing to resume"}});
}

TEST_F(RefusalTest, SweepIntoAFolderOfSomethingElse) {
  write("sweep.toml", "base = 'tiny.toml'\n");
  expect_refused({"", {"sweep", "sweep.toml", "--out", "data"}, {"data: ", "something else", "--out"}});
}

TEST_F(RefusalTest, SweepWithoutJobs) {
  write("sweep.toml", "base = 'tiny.toml'\n");
  expect_refused({"", {"sweep", "sweep.toml", "--out", "out", "--jobs", "0"}, {"--jobs"}});
}

}  // namespace
}  // namespace settle::sweep_test
