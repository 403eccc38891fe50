// Ctrl-C ends a run with everything that it has found out.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/program/checkpoint_file.h"
#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::interrupt_test {
namespace {

using Json = nlohmann::json;

class Interrupt : public RunTest {
 protected:
  /// Sends the signal once standard error holds `text`.
  Finished interrupt_after(const std::string& text, const Words& settings, int signal = SIGINT) const {
    Words words = {"train", "tiny.toml", "--out", "run", "--set", "trace.samples=1"};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    const auto process = start(words);
    EXPECT_TRUE(process->wait_for_err(text)) << process->err_so_far();
    process->send(signal);
    return process->wait();
  }

  // The last line, the only one of the program's own voice.
  static void expect_one_clear_line(const std::string& err) {
    const auto at = err.find("settle: ");
    ASSERT_NE(at, std::string::npos) << err;
    EXPECT_EQ(err.find('\n', at), err.size() - 1) << err;
    EXPECT_NE(err.find("interrupted", at), std::string::npos) << err;
    EXPECT_NE(err.find("run", at), std::string::npos) << "where the results are: " << err;
  }
};

// An epoch takes milliseconds; a hundred thousand of them would take minutes.
const std::vector<std::string> many_epochs = {"run.epochs=100000"};
// A batch takes a tenth of a second and there are 30.
const std::vector<std::string> long_epoch = {"settling.analysis=transient", "settling.time_step_s=1e-11"};

TEST_F(Interrupt, KeepsTheFinishedEpochs) {
  const Finished run = interrupt_after("epoch  2/", many_epochs);
  EXPECT_EQ(run.status, 130);
  expect_one_clear_line(run.err);

  const Json s = summary("run");
  EXPECT_EQ(s["interrupted"], true);
  const auto rows = csv_rows(read("run/metrics.csv"));
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), long(rows.size()) + 2) << "a line for each epoch";
  EXPECT_EQ(s["epochs"], rows.size());
  EXPECT_EQ(s["seconds_per_epoch"].size(), rows.size());
  EXPECT_EQ(s["test_accuracy"]["last"], number(rows.back(), "test_accuracy"));
  EXPECT_NE(run.out.find("one inference"), std::string::npos) << "the table of what there is";
  EXPECT_NE(read("run/report.html").find("</html>"), std::string::npos);
  EXPECT_GT(csv_rows(read("run/costs.csv")).size(), 10u);

  const Finished eval = settle({"eval", "run"});
  EXPECT_EQ(eval.status, 0) << eval.err;
  EXPECT_NE(eval.out.find("epoch           " + std::to_string(rows.size()) + "\n"), std::string::npos) << eval.out;
}

TEST_F(Interrupt, EnergyOfAnUnfinishedEpochIsCounted) {
  interrupt_after("epoch  1/", many_epochs);
  const Json s = summary("run");
  double total = 0;
  for (const CsvRow& row : csv_rows(read("run/costs.csv"))) total += number(row, "energy_nominal_joule");
  EXPECT_NEAR(total, s["energy_joule"]["total"]["nominal"], 1e-9 * total);
}

TEST_F(Interrupt, InTheFirstEpochLeavesAValidRunWithoutResults) {
  const Finished run = interrupt_after("writing to run", long_epoch);
  EXPECT_EQ(run.status, 130);
  expect_one_clear_line(run.err);
  const Json s = summary("run");
  EXPECT_EQ(s["interrupted"], true);
  EXPECT_EQ(s["epochs"], 0);
  EXPECT_TRUE(s["test_accuracy"]["last"].is_null());
  EXPECT_TRUE(csv_rows(read("run/metrics.csv")).empty());
  EXPECT_NE(read("run/report.html").find("</html>"), std::string::npos);

  const Finished eval = settle({"eval", "run"});  // of the weights as they are
  EXPECT_EQ(eval.status, 0) << eval.err;
  EXPECT_NE(eval.out.find("epoch           0\n"), std::string::npos) << eval.out;
}

TEST_F(Interrupt, TerminationIsTheSame) {
  const Finished run = interrupt_after("epoch  1/", many_epochs, SIGTERM);
  EXPECT_EQ(run.status, 130);
  EXPECT_EQ(summary("run")["interrupted"], true);
}

// A batch of seconds is not waited for.
TEST_F(Interrupt, ASecondSignalEndsItAtOnce) {
  for (const int second : {SIGTERM, SIGINT}) {
    std::filesystem::remove_all(path("run"));
    const auto process = start({"train", "tiny.toml", "--out", "run", "--set", long_epoch[0], "--set", long_epoch[1],
                                "--set", "run.batch=600"});
    ASSERT_TRUE(process->wait_for_err("writing to run")) << process->err_so_far();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // it is in the first batch
    process->send(SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // else the two may be one
    process->send(second);
    EXPECT_EQ(process->wait().status, 128 + second);
    EXPECT_FALSE(exists("run/summary.json"));
  }
}

// Nor by one signal: work is given up in its middle, and the state before it is kept.
TEST_F(Interrupt, ALongBatchEndsInItsMiddle) {
  const std::vector<std::vector<std::string>> long_batches = {
      {"settling.analysis=transient", "settling.time_step_s=1e-13", "run.batch=600"},
      {"settling.analysis=map", "settling.free_steps=10000", "network.hidden=[300,300]", "run.batch=600"},
      {"settling.analysis=map", "settling.free_steps=10000", "network.hidden=[300,300]", "run.batch=600",
       "run.threads=1"}};
  for (const auto& settings : long_batches) {
    SCOPED_TRACE(settings[1]);
    std::filesystem::remove_all(path("run"));
    Words words = {"train", "tiny.toml", "--out", "run"};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    const auto process = start(words);
    ASSERT_TRUE(process->wait_for_err("writing to run")) << process->err_so_far();
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // it is in the first batch, or still measures
    const auto sent = std::chrono::steady_clock::now();
    process->send(SIGTERM);
    const Finished run = process->wait();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - sent;
    EXPECT_EQ(run.status, 130) << run.err;
    expect_one_clear_line(run.err);
    EXPECT_LT(took.count(), 10);  // a second, and what a busy machine makes of the rest
    RecordProperty(settings[0], std::to_string(took.count()));
    const auto further = start({"train", "--resume", "run"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    further->send(SIGTERM);
    EXPECT_EQ(further->wait().status, 130) << further->err_so_far();
  }
}

TEST_F(Interrupt, KillingLeavesOnlyWholeFiles) {
  const Finished run = interrupt_after("epoch  3/", many_epochs, SIGKILL);
  EXPECT_EQ(run.status, 128 + SIGKILL);
  EXPECT_GE(csv_rows(read("run/metrics.csv")).size(), 2u);
  EXPECT_GE(checkpoint_contents(path("run/checkpoint.h5")).size(), 3u);
  EXPECT_EQ(settle({"eval", "run"}).status, 0);
}

}  // namespace
}  // namespace settle::interrupt_test
