// Several processes at once: each run has a folder of its own, and what is in one folder is of one process.
#include <algorithm>
#include <csignal>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/program/refusal.h"

namespace settle::together_test {
namespace {

class Together : public RefusalTest {
 protected:
  /// Started from a folder of its own, in which what it prints is kept.
  std::unique_ptr<Process> start_in(const std::string& folder, Words words) const {
    std::filesystem::create_directory(path(folder));
    words.insert(words.begin(), SETTLE_PROGRAM);
    words.insert(words.end(), {"--set", "data.path=" + path("data")});
    return std::make_unique<Process>(words, path(folder));
  }

  std::vector<std::string> hidden_files(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(path(folder)))
      if (file.path().filename().string()[0] == '.') names.push_back(file.path().filename().string());
    return names;
  }
};

// As a job array does. They are told apart by their seeds.
TEST_F(Together, RunsGetFoldersOfTheirOwn) {
  std::vector<std::unique_ptr<Process>> all;
  for (int seed = 1; seed <= 6; ++seed)
    all.push_back(start({"train", "tiny.toml", "--set", "run.epochs=1", "--seed", std::to_string(seed)}));
  for (const auto& each : all) EXPECT_EQ(each->wait().status, 0);
  std::set<int> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(path("runs"))) {
    const std::string run = "runs/" + entry.path().filename().string();
    const int seed = summary(run)["seed"];
    EXPECT_NE(read(run + "/config.toml").find("\nseed = " + std::to_string(seed) + "\n"), std::string::npos) << run;
    seeds.insert(seed);
  }
  EXPECT_EQ(seeds, (std::set<int>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Together, OfThreeInOneFolderOneRuns) {
  std::vector<std::unique_ptr<Process>> all;
  for (const char* from : {"a", "b", "c"})
    all.push_back(start_in(from, {"train", path("tiny.toml"), "--out", path("here")}));
  std::vector<int> statuses;
  for (const auto& each : all) {
    const Finished run = each->wait();
    statuses.push_back(run.status);
    if (run.status == 0) continue;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_EQ(run.out, "");
  }
  std::sort(statuses.begin(), statuses.end());
  EXPECT_EQ(statuses, (std::vector<int>{0, 2, 2}));
  EXPECT_EQ(summary("here")["epochs"], 3);
  EXPECT_TRUE(hidden_files("here").empty()) << hidden_files("here").front();
}

TEST_F(Together, ASecondRunIsRefusedAndWritesNothing) {
  const auto first = start({"train", "tiny.toml", "--out", "here", "--set", "run.epochs=100000"});
  ASSERT_TRUE(first->wait_for_err("epoch  1/")) << first->err_so_far();
  const std::string config = read("here/config.toml");
  const Finished second = start_in("b", {"train", path("tiny.toml"), "--out", path("here")})->wait();
  EXPECT_EQ(second.status, 2);
  EXPECT_EQ(read("here/config.toml"), config);
  first->send(SIGINT);
  EXPECT_EQ(first->wait().status, 130);
}

// A folder is free at once when the process that held it is killed.
TEST_F(Together, AFolderWhoseRunWasKilledEarlyIsTakenAgain) {
  {
    const auto killed = start({"train", "tiny.toml", "--out", "here", "--set", "settling.analysis=transient", "--set",
                               "settling.time_step_s=1e-11"});
    ASSERT_TRUE(killed->wait_for_err("writing to here")) << killed->err_so_far();
    const Finished second = start_in("b", {"train", path("tiny.toml"), "--out", path("here")})->wait();
    EXPECT_EQ(second.status, 2);
    EXPECT_NE(second.err.find("another `settle train` is running there"), std::string::npos) << second.err;
    killed->send(SIGKILL);
    killed->wait();
  }
  train("here");
  EXPECT_EQ(summary("here")["epochs"], 3);
}

class TogetherWith : public Together, public testing::WithParamInterface<Refusal> {};

TEST_P(TogetherWith, AnotherInTheSameFolderIsRefused) {
  const std::string lock = path(std::string("here/.") + GetParam().name + ".lock");
  std::filesystem::create_directory(path("here"));
  write("sweep.toml", "base = 'tiny.toml'\n[grid]\nnetwork.beta = [0.05]\n");
  const int held = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  Words words = GetParam().words;
  words.insert(words.end(), {"--out", "here"});
  const std::string running = std::string("here: another `settle ") + GetParam().name + "` is running there";
  expect_refused({"", words, {running.c_str(), "--out"}});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path("here")), {}), 1) << "something was written";
  ::close(held);
  const Finished run = settle(words);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(hidden_files("here").empty()) << hidden_files("here").front();
}

INSTANTIATE_TEST_SUITE_P(Refusal, TogetherWith,
                         testing::Values(Refusal{"train", {"train", "tiny.toml"}, {}},
                                         Refusal{"trace", {"trace", "tiny.toml", "--samples", "1"}, {}},
                                         Refusal{"netlist", {"netlist", "tiny.toml"}, {}},
                                         Refusal{"analyze", {"analyze", "tiny.toml"}, {}},
                                         Refusal{"sweep", {"sweep", "sweep.toml"}, {}}),
                         named);

// Reports are written whole, whoever is the last.
TEST_F(Together, ReportsInOneFile) {
  train("run", {"run.epochs=1"});
  settle({"report", "run", "--out", "alone.html"});
  std::vector<std::unique_ptr<Process>> all;
  for (int i = 0; i < 4; ++i) all.push_back(start({"report", "run", "--out", "page.html"}));
  for (const auto& each : all) EXPECT_EQ(each->wait().status, 0);
  EXPECT_EQ(read("page.html"), read("alone.html"));
  for (const auto& file : std::filesystem::directory_iterator(path(""))) EXPECT_NE(file.path().extension(), ".part");
}

}  // namespace
}  // namespace settle::together_test
