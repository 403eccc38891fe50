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
