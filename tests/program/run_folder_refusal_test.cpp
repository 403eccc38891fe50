// Run folders that cannot be written, and folders that are no run, or a damaged one.
#include "tests/program/refusal.h"

namespace settle::run_folder_refusal_test {
namespace {

TEST_F(RefusalTest, OutIsAFile) {
  write("file", "precious");
  expect_refused({"", {"train", "tiny.toml", "--out", "file"}, {"file: is a file", "--out"}});
  EXPECT_EQ(read("file"), "precious");
}

TEST_F(RefusalTest, OutBelowAFile) {
  write("file", "precious");
  expect_refused({"", {"train", "tiny.toml", "--out", "file/run"}, {"file/run", "cannot write", "--out"}});
  expect_refused({"", {"trace", "tiny.toml", "--out", "file/run", "--samples", "1"}, {"file/run", "--out"}});
  EXPECT_EQ(read("file"), "precious");
}

TEST_F(RefusalTest, OutHoldsARun) {
  train("run", {"run.epochs=1"});
  const std::string config = read("run/config.toml"), summary_text = read("run/summary.json");
  const std::string checkpoint = read("run/checkpoint.h5");
  expect_refused({"", {"train", "tiny.toml", "--out", "run"}, {"run: already holds a run", "--out"}});
  EXPECT_EQ(read("run/config.toml"), config);
  EXPECT_EQ(read("run/summary.json"), summary_text);
  EXPECT_EQ(read("run/checkpoint.h5"), checkpoint);
}

// A page or states in place of a run's own files would leave nothing of it.
TEST_F(RefusalTest, OutIsAFileOfTheRun) {
  train("run", {"run.epochs=1"});
  for (const char* name : {"config.toml", "checkpoint.h5", "metrics.csv", "summary.json"}) {
    const std::string file = std::string("run/") + name, before = read(file);
    expect_refused({"", {"report", "run", "--out", file}, {name, "is there already, and is not a page"}});
    expect_refused({"", {"eval", "run", "--states", "2", "--out", file}, {name, "is there already"}});
    EXPECT_EQ(read(file), before);
  }
  expect_refused({"", {"eval", "run", "--states", "2", "--out", "run"}, {"run: is a folder"}});
  expect_refused({"", {"eval", "run", "--states", "2", "--out", "nowhere/a.h5"}, {"there is no folder nowhere"}});
  std::filesystem::remove(path("run/report.html"));
  expect_refused({"", {"report", "run", "--svg", "run/config.toml"}, {"run/config.toml: is a file"}});
  EXPECT_FALSE(exists("run/report.html"));
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(settle({"report", "run", "--out", "page.html"}).status, 0);
    EXPECT_EQ(settle({"eval", "run", "--states", "2", "--out", "states.h5"}).status, 0);
  }
}

TEST_F(RefusalTest, OutHoldsAConfigurationOfOnesOwn) {
  const std::string own = "# precious\nrun.epochs = 1\n";
  std::filesystem::create_directory(path("own"));
  write("own/config.toml", own);
  expect_refused({"", {"train", "own/config.toml", "--out", "own"}, {"own: its config.toml is not that of a run"}});
  expect_refused({"", {"train", "tiny.toml", "--out", "own"}, {"own: its config.toml is not that of a run"}});
  EXPECT_EQ(read("own/config.toml"), own);
}

TEST_F(RefusalTest, OutIsASweep) {
  write("sweep.toml", "base = 'tiny.toml'\n[set]\nrun.epochs = 1\n[grid]\nnetwork.beta = [0.1, 0.2]\n");
  ASSERT_EQ(settle({"sweep", "sweep.toml", "--out", "points"}).status, 0);
  const std::string page = read("points/report.html"), database = read("points/results.db");
  expect_refused({"", {"train", "tiny.toml", "--out", "points"}, {"points: is the folder of a sweep"}});
  expect_refused({"", {"report", "points", "--out", "points/results.db"}, {"results.db: is there already"}});
  expect_refused({"",
                  {"train", "--resume", "points/points/001", "--set", "run.epochs=2"},
                  {"points/points/001: is a point of a sweep", "copy its folder"}});
  EXPECT_EQ(read("points/report.html"), page);
  EXPECT_TRUE(read("points/results.db") == database);
  for (const Words& options : std::vector<Words>{{"--resume"},
                                                 {"--worker"},
                                                 {"--list"},
                                                 {"--only", "1"},
                                                 {"--set", "run.epochs=2"},
                                                 {"--jobs", "2"},
                                                 {"--out", "elsewhere"}}) {
    Words words = {"sweep", "points"};
    words.insert(words.end(), options.begin(), options.end());
    expect_refused({"", words, {options.front().c_str(), "only shown", "name its file"}});
  }
  expect_refused({"", {"sweep", "sweep.toml", "--show", "--jobs", "2"}, {"--jobs: has no effect beside --show"}});
  EXPECT_EQ(settle({"sweep", "sweep.toml", "--out", "points", "--show"}).status, 0);
}

// What is refused once a chip is built: nothing is left of it, and `check` has said so before.
TEST_F(RefusalTest, WhatAChipIsNeededToSee) {
  const Words huge = {"--set", "network.hidden=[65536,65536]"};
  const Words unknown = {"--set", "trace.samples=1", "--set", "trace.signals=[\"zzz*\"]"};
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused({"", with({"check", "tiny.toml"}, huge), {"network.hidden", "GB"}});
  EXPECT_EQ(settle(with({"train", "tiny.toml", "--out", "out"}, huge)).status, 2);
  EXPECT_FALSE(exists("out"));
  write("sweep.toml", "base = 'tiny.toml'\n[grid]\nnetwork.beta = [0.1, 0.2]\n");
  expect_refused({"", with({"sweep", "sweep.toml", "--out", "out"}, huge), {"network.hidden", "point: "}});
  expect_refused({"", with({"check", "tiny.toml"}, unknown), {"trace.signals", "zzz*", "matches no signal"}});
  const Finished train = settle(with({"train", "tiny.toml", "--out", "out"}, unknown));
  EXPECT_EQ(train.status, 2);
  EXPECT_NE(train.err.find("trace.signals: \"zzz*\" matches no signal; there are phase.now, "), std::string::npos)
      << train.err;
  EXPECT_EQ(train.err.find("epoch"), std::string::npos) << "it has trained before";
  EXPECT_FALSE(exists("out"));
}

// Options that change nothing, or say the same thing twice.
TEST_F(RefusalTest, OptionsWithoutEffect) {
  train("run", {"run.epochs=1"});
  for (const char* setting : {"run.epochs=3", "run.accuracy_draws=5", "learning.learning_rate=0.1", "trace.samples=1"})
    expect_refused({"", {"eval", "run", "--set", setting}, {setting, "has no effect"}});
  train("ideal", {"run.epochs=1", "device.preset=ideal"});
  expect_refused({"", {"eval", "ideal", "--after", "100"}, {"--after 100: has no effect", "changes with time"}});
  expect_refused({"", {"check", "tiny.toml", "--seed", "3", "--set", "run.seed=4"}, {"--seed 3", "--set run.seed=4"}});
  expect_refused({"", {"check", "tiny.toml", "--out", "out"}, {"--out"}});
  write("sweep.toml", "base = 'tiny.toml'\n");
  expect_refused({"", {"sweep", "sweep.toml", "--only", ""}, {"--only: is given without a value"}});
  expect_refused({"", {"train", "tiny.toml", "--out", ""}, {"--out: is given without a value"}});
}

// A run of before: its configuration has keys that are called otherwise now.
TEST_F(RefusalTest, RunWithOldKeys) {
  train("run", {"run.epochs=1"});
  std::string config = read("run/config.toml");
  const std::string now = "conductance_min_siemens";
  config.replace(config.find(now), now.size(), "conductance_min_s");
  write("run/config.toml", config);
  expect_refused(
      {"", {"eval", "run"}, {"run/config.toml:", "device.conductance_min_s is now device.conductance_min_siemens"}});
}

class NoRun : public RefusalTest, public testing::WithParamInterface<const char*> {
 protected:
  Words words(const std::string& run) const {
    const std::string command = GetParam();
    if (command == "trace") return {"trace", "tiny.toml", "--out", "out", "--samples", "1", "--run", run};
    return {command, run};
  }
};

TEST_P(NoRun, IsRefused) {
  expect_refused({"", words("nowhere"), {"nowhere", "settle train"}});
  expect_refused({"", words("data"), {"data: holds no run", "config.toml", "settle train"}});
  expect_refused({"", words("tiny.toml"), {"tiny.toml", "settle train"}});
}

INSTANTIATE_TEST_SUITE_P(Refusal, NoRun, testing::Values("eval", "report", "trace"),
                         [](const auto& command) { return std::string(command.param); });

class Checkpoint : public RefusalTest {
 protected:
  Checkpoint() { train("run", {"run.epochs=1"}); }

  // By eval and by trace; both open it.
  void expect_refused_by_all(const std::vector<const char*>& mentions,
                             const std::string& setting = "run.seed=1") const {
    expect_refused({"", {"eval", "run", "--set", setting}, mentions});
    expect_refused(
        {"", {"trace", "tiny.toml", "--samples", "1", "--out", "out", "--run", "run", "--set", setting}, mentions});
  }
};

TEST_F(Checkpoint, OfANetworkOfAnotherWidth) {
  expect_refused_by_all({"run/checkpoint.h5", "another network", "hidden1_hidden2"}, "network.hidden=[16,13]");
}

TEST_F(Checkpoint, OfANetworkOfAnotherDepth) {
  expect_refused_by_all({"run/checkpoint.h5", "another network", "hidden2_hidden3"}, "network.hidden=[16,12,8]");
}

TEST_F(Checkpoint, ThatIsNoCheckpoint) {
  write("run/checkpoint.h5", "something else");
  expect_refused_by_all({"run/checkpoint.h5", "not a checkpoint of Settle"});
}

TEST_F(Checkpoint, ThatIsCutOff) {
  const std::string whole = read("run/checkpoint.h5");
  write("run/checkpoint.h5", whole.substr(0, whole.size() - 3000));
  expect_refused_by_all({"run/checkpoint.h5", "damaged or cut off"});
}

// The HDF5 library would run into such files.
TEST_F(Checkpoint, WithAByteThatIsAnother) {
  const std::string whole = read("run/checkpoint.h5");
  for (std::size_t part = 0; part < 16; ++part) {
    std::string damaged = whole;
    char& byte = damaged[part * whole.size() / 16 + 7];
    byte = char(byte ^ 1);
    write("run/checkpoint.h5", damaged);
    expect_refused({"", {"eval", "run"}, {"run/checkpoint.h5", "damaged"}});
  }
}

TEST_F(Checkpoint, OfAnEarlierVersion) {
  const std::string whole = read("run/checkpoint.h5");
  write("run/checkpoint.h5", whole.substr(512));
  expect_refused_by_all({"run/checkpoint.h5", "another version of Settle"});
}

TEST_F(Checkpoint, ThatIsMissing) {
  std::filesystem::remove(path("run/checkpoint.h5"));
  expect_refused_by_all({"run/checkpoint.h5", "has not finished an epoch"});
}

TEST_F(RefusalTest, ReportOfADamagedRun) {
  train("run", {"run.epochs=1"});
  const std::string page = read("run/report.html");
  write("run/summary.json", read("run/summary.json").substr(0, 200));
  expect_refused({"", {"report", "run"}, {"run/summary.json: ", "damaged"}});
  std::filesystem::remove(path("run/files.sha256"));
  expect_refused({"", {"report", "run"}, {"run/summary.json:", "not valid JSON"}});
  std::filesystem::remove(path("run/summary.json"));
  expect_refused({"", {"report", "run"}, {"run/summary.json", "missing"}});
  EXPECT_EQ(read("run/report.html"), page);
}

}  // namespace
}  // namespace settle::run_folder_refusal_test
