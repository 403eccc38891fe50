// The same seed gives the same run, however the work is divided.
#include <chrono>
#include <sstream>
#include <thread>

#include "tests/program/checkpoint_file.h"
#include "tests/program/run_test.h"

namespace settle::determinism_test {
namespace {

// Batches of several chunks (128 samples), so that there is something to divide; noise everywhere.
const std::vector<std::string> divisible = {"run.batch=300", "learning.learning_rate=0.01", "neuron.noise=0.02"};

// The first line that differs, as both have it; "" when there is none.
std::string first_difference(const std::string& a, const std::string& b) {
  std::istringstream of_a(a), of_b(b);
  std::string in_a, in_b;
  while (std::getline(of_a, in_a) && std::getline(of_b, in_b))
    if (in_a != in_b) return in_a + "\n" + in_b;
  return a.size() == b.size() ? "" : "one has more lines";
}

class Determinism : public RunTest {
 protected:
  // Everything in a summary that is not wall clock and not the configuration.
  nlohmann::json figures(const std::string& run) const {
    nlohmann::json s = summary(run);
    for (const char* other : {"seconds_per_epoch", "samples_per_second", "program", "machine", "config_sha256"})
      s.erase(other);
    return s;
  }

  void run(const std::string& out, std::vector<std::string> settings) const {
    settings.insert(settings.end(), divisible.begin(), divisible.end());
    train(out, settings);
  }

  void expect_same_run(const std::string& a, const std::string& b) const {
    EXPECT_EQ(first_difference(figures(a).dump(1), figures(b).dump(1)), "") << b;
    EXPECT_EQ(first_difference(read(a + "/costs.csv"), read(b + "/costs.csv")), "") << b;
    EXPECT_EQ(first_difference(read(a + "/histograms.csv"), read(b + "/histograms.csv")), "") << b;
    const Contents first = checkpoint_contents(path(a + "/checkpoint.h5"));
    const Contents second = checkpoint_contents(path(b + "/checkpoint.h5"));
    EXPECT_GE(first.size(), 3u);
    EXPECT_TRUE(first == second) << b << ": other weights";
  }
};

TEST_F(Determinism, ForAnyNumberOfThreads) {
  run("one", {"run.threads=1"});
  for (const char* threads : {"2", "3"}) {
    run(threads, {std::string("run.threads=") + threads});
    expect_same_run("one", threads);
  }
}

TEST_F(Determinism, ForAnyBlock) {
  run("whole", {"run.block=0"});
  for (const char* block : {"1", "128", "200", "1000"}) {
    run(block, {std::string("run.block=") + block});
    expect_same_run("whole", block);
  }
}

TEST_F(Determinism, OfTransientForAnyNumberOfThreads) {
  run("one", {"settling.analysis=transient", "run.epochs=1", "run.threads=1"});
  run("three", {"settling.analysis=transient", "run.epochs=1", "run.threads=3"});
  expect_same_run("one", "three");
}

TEST_F(Determinism, OfTransientForAnyBlock) {
  run("whole", {"settling.analysis=transient", "run.epochs=1"});
  run("halves", {"settling.analysis=transient", "run.epochs=1", "run.block=128"});
  expect_same_run("whole", "halves");
}

// So that results of two machines can be compared byte by byte. The configuration says where the data are.
TEST_F(Determinism, ResultsHoldNoPath) {
  train("run", {"trace.samples=1"});
  for (const char* file :
       {"checkpoint.h5", "costs.csv", "histograms.csv", "metrics.csv", "summary.json", "trace.vcd", "trace.gtkw"})
    EXPECT_EQ(read(std::string("run/") + file).find(path("")), std::string::npos) << file;
}

// A checkpoint of another second.
TEST_F(Determinism, ResultsHoldNoDate) {
  train("one", {"run.epochs=1"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  train("two", {"run.epochs=1"});
  EXPECT_TRUE(read("one/checkpoint.h5") == read("two/checkpoint.h5"));
  EXPECT_EQ(read("one/costs.csv"), read("two/costs.csv"));
  EXPECT_EQ(first_difference(figures("one").dump(1), figures("two").dump(1)), "");
}

TEST_F(Determinism, AnotherSeedGivesAnotherRun) {
  run("one", {"run.seed=1"});
  run("two", {"run.seed=2"});
  EXPECT_NE(figures("one")["energy_joule"], figures("two")["energy_joule"]);
  EXPECT_FALSE(checkpoint_contents(path("one/checkpoint.h5")) == checkpoint_contents(path("two/checkpoint.h5")));
}

TEST_F(Determinism, ShortOptionsAreTheSettings) {
  ASSERT_EQ(settle({"train", "tiny.toml", "--out", "short", "--seed", "7", "--threads", "2"}).status, 0);
  train("long", {"run.seed=7", "run.threads=2"});
  EXPECT_EQ(read("short/config.toml"), read("long/config.toml"));
  EXPECT_EQ(summary("short")["seed"], 7);
}

}  // namespace
}  // namespace settle::determinism_test
