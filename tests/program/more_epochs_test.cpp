// A finished run that gets more epochs becomes the run that had them from the start.
#include <csignal>

#include "tests/program/every_configuration.h"
#include "tests/program/run_files.h"

namespace settle::more_epochs_test {
namespace {

class MoreEpochs : public RunFilesTest {
 protected:
  Finished resume(const std::string& run, const Words& more) const {
    Words words = {"train", "--resume", run};
    words.insert(words.end(), more.begin(), more.end());
    return settle(words);
  }

  void expect_refused(const Words& more, const std::string& mentions) const {
    const Files before = files_of("run");
    const Finished run = resume("run", more);
    EXPECT_EQ(run.status, 2) << run.err;
    EXPECT_EQ(run.err.find("settle: --resume run: "), 0u) << run.err;
    EXPECT_NE(run.err.find(mentions), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    expect_same(before, files_of("run"));
  }
};

class MoreEpochsOf : public MoreEpochs, public testing::WithParamInterface<std::string> {};

// Two epochs, and two more, are four.
TEST_P(MoreEpochsOf, AreThoseOfALongerRun) {
  if (!is_tried(GetParam())) GTEST_SKIP() << "SETTLE_ALL_CONFIGS=1 tries it";
  write("config.toml", tiny_version(GetParam()));
  const auto train = [&](const std::string& out, const std::string& epochs) {
    return start({"train", "config.toml", "--out", out, "--set", "run.epochs=" + epochs});
  };
  const Finished four = train("four", "4")->wait();
  ASSERT_EQ(four.status, 0) << four.err;
  std::filesystem::rename(path("four"), path("whole"));  // the report names its folder
  const Finished two = train("four", "2")->wait();
  ASSERT_EQ(two.status, 0) << two.err;
  Finished more = resume("four", {"--set", "run.epochs=4"});
  if (more.status == 2) {
    EXPECT_NE(more.err.find("learning.final_rate_share"), std::string::npos) << more.err;
    std::filesystem::remove_all(path("four"));
    const auto process = train("four", "4");
    EXPECT_TRUE(process->wait_for_err("epoch  2/4")) << process->err_so_far();
    process->send(SIGKILL);
    process->wait();
    more = resume("four", {});
  }
  EXPECT_EQ(more.status, 0) << more.err;
  expect_same(files_of("whole"), files_of("four"));
}

INSTANTIATE_TEST_SUITE_P(Configurations, MoreEpochsOf, testing::ValuesIn(every_configuration()),
                         [](const auto& test) { return test_name(test.param); });

TEST_F(MoreEpochs, AreNotFewer) {
  train("run", {"run.epochs=2"});
  expect_refused({"--set", "run.epochs=1"}, "run.epochs = 1: the run has 2, and may get more, not fewer");
  EXPECT_EQ(resume("run", {"--set", "run.epochs=2"}).out, "run is finished: nothing is left to do\n");
  write("run/config.toml", std::regex_replace(read("run/config.toml"), std::regex("\nepochs = 2\n"), "\nepochs = 1\n"));
  const Finished edited = resume("run", {});
  EXPECT_EQ(edited.status, 2) << edited.err;
  EXPECT_NE(edited.err.find("run/config.toml: run.epochs = 1: the run has come to epoch 2"), std::string::npos)
      << edited.err;
}

TEST_F(MoreEpochs, AreRefusedWhereTheRateFallsOverAll) {
  train("run", {"run.epochs=1", "learning.final_rate_share=0.2"});
  expect_refused({"--set", "run.epochs=2"}, "learning.final_rate_share = 0.2");
}

TEST_F(MoreEpochs, AreAllThatMayChange) {
  train("run", {"run.epochs=1"});
  expect_refused({"--seed", "3"}, "leave out --seed: another seed is another run");
  expect_refused({"--threads", "1"}, "leave out --threads (run.threads may be edited there)");
  expect_refused({"--set", "network.beta=0.1"}, "leave out --set network.beta=0.1: of all keys only run.epochs");
  expect_refused({"--set", "run.epochs=2", "--set", "run.seed=2"}, "leave out --seed");
  expect_refused({"--out", "other"}, "leave out --out");
  expect_refused({"tiny.toml"}, "leave out CONFIG (tiny.toml)");
  EXPECT_EQ(settle({"train"}).status, 2);
}

// What is damaged is found before the configuration is written.
TEST_F(MoreEpochs, LeaveTheConfigurationAloneWhereTheCheckpointIsDamaged) {
  train("run", {"run.epochs=1"});
  std::string bytes = read("run/checkpoint.h5");
  bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 4);
  write("run/checkpoint.h5", bytes);
  const Files before = files_of("run");
  const Finished run = resume("run", {"--set", "run.epochs=2"});
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_NE(run.err.find("checksum"), std::string::npos) << run.err;
  expect_same(before, files_of("run"));
}

}  // namespace
}  // namespace settle::more_epochs_test
