// The files that a run leaves behind, and runs that take them up again.
#include <cmath>

#include "tests/program/checkpoint_file.h"
#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"
#include "tests/program/waveform.h"

namespace settle::whole_run_test {
namespace {

class WholeRun : public RunTest {
 protected:
  WholeRun() { train("run"); }
};

TEST_F(WholeRun, Learns) {
  EXPECT_GT(summary("run")["test_accuracy"]["last"], 0.7);  // chance is 1/3
  EXPECT_LT(summary("run")["test_accuracy"]["last"], 1.0) << "too easy for the other tests to see a difference";
}

TEST_F(WholeRun, WritesEveryFileWhole) {
  for (const char* file : {"config.toml", "summary.json", "metrics.csv", "costs.csv", "checkpoint.h5", "report.html"})
    EXPECT_FALSE(read(std::string("run/") + file).empty()) << file;
  for (const auto& file : std::filesystem::directory_iterator(path("run")))
    EXPECT_NE(file.path().extension(), ".part") << "a temporary file was left";
}

TEST_F(WholeRun, MetricsHaveARowForEachEpoch) {
  const auto rows = csv_rows(read("run/metrics.csv"));
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(number(rows[i], "epoch"), double(i + 1));
    for (const auto& [column, value] : rows[i]) EXPECT_TRUE(std::isfinite(std::stod(value))) << column;
  }
  for (const char* growing : {"simulated_second", "energy_joule", "pulses"}) {
    EXPECT_LT(number(rows[0], growing), number(rows[1], growing)) << growing;
    EXPECT_LT(number(rows[1], growing), number(rows[2], growing)) << growing;
  }
  EXPECT_LT(number(rows[2], "train_loss"), number(rows[0], "train_loss"));
}

TEST_F(WholeRun, CheckpointHasStateAndOptimizerOfEachProjection) {
  const Contents contents = checkpoint_contents(path("run/checkpoint.h5"));
  const std::map<std::string, std::size_t> weights = {
      {"input_hidden1", 64 * 16}, {"hidden1_hidden2", 16 * 12}, {"hidden2_readout", 12 * 3}};
  for (const auto& [projection, count] : weights) {
    const std::string group = "projections/" + projection;
    ASSERT_EQ(contents.count(group + "/state"), 1u) << group;
    EXPECT_EQ(contents.at(group + "/state").size(), sizeof(float) * count) << group;
    std::size_t moments = 0;
    for (const auto& [name, bytes] : contents) {
      if (name.rfind(group + "/optimizer/", 0) != 0) continue;
      EXPECT_EQ(bytes.size(), sizeof(float) * count) << name;
      ++moments;
    }
    EXPECT_EQ(moments, 2u) << group << ": Adam has two moments";
  }
}

TEST_F(WholeRun, ReportNeedsNothingElse) {
  const std::string page = read("run/report.html");
  EXPECT_NE(page.find("</html>"), std::string::npos);
  EXPECT_NE(page.find("64-16-12-3"), std::string::npos) << "it names the network";
  for (const char* outside : {"src=\"", "src='", "<link", "@import", "url(", "fetch(", "XMLHttpRequest"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

TEST_F(WholeRun, EvalGivesTheLastAccuracy) {
  const Finished eval = settle({"eval", "run"});
  EXPECT_EQ(eval.status, 0) << eval.err;
  char expected[40];
  std::snprintf(expected, sizeof expected, "test accuracy   %.2f %%\n",
                100 * summary("run")["test_accuracy"]["last"].get<double>());
  EXPECT_NE(eval.out.find(expected), std::string::npos) << eval.out << "expected " << expected;
  EXPECT_EQ(eval.err, "");
}

TEST_F(WholeRun, EvalUnderOtherConditionsGivesAnother) {
  const Finished same = settle({"eval", "run"});
  for (const char* setting : {"converter.adc_bits=2", "neuron.offset_mismatch=0.5"}) {
    const Finished worse = settle({"eval", "run", "--set", setting});
    EXPECT_EQ(worse.status, 0) << worse.err;
    EXPECT_NE(worse.out, same.out) << setting << " changes nothing";
  }
}

// In transient the states fluctuate all the time, not only when they are held.
TEST_F(WholeRun, EvalInTransientIsNoisy) {
  const auto eval = [&](const std::string& noise) {
    return settle({"eval", "run", "--set", "settling.analysis=transient", "--set", "neuron.noise=" + noise}).out;
  };
  EXPECT_NE(eval("0.5"), eval("0.0")) << "neuron.noise changes nothing";
}

TEST_F(WholeRun, ConfigurationRunsAgainAsItIs) {
  const Finished again = settle({"train", "run/config.toml", "--out", "again"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(read("again/config.toml"), read("run/config.toml"));
  EXPECT_EQ(read("again/costs.csv"), read("run/costs.csv"));
  nlohmann::json first = summary("run"), second = summary("again");
  for (const char* other : {"seconds_per_epoch", "samples_per_second", "program", "machine"}) {
    first.erase(other);
    second.erase(other);
  }
  EXPECT_EQ(first, second);
}

// A rate at which all weights go to their bounds at once.
TEST_F(RunTest, SaysThatNothingWasLearned) {
  const Finished dead = train("dead", {"learning.learning_rate=10"});
  EXPECT_NE(dead.out.find("nothing was learned: "), std::string::npos) << dead.out;
  EXPECT_NE(dead.out.find("learning.learning_rate"), std::string::npos) << dead.out;
  EXPECT_EQ(summary("dead")["learned"], false);
  EXPECT_NE(read("dead/report.html").find("<b>nothing was learned: "), std::string::npos);
}

TEST_F(RunTest, SaysThatWithoutPulses) {
  const Finished still = train("still", {"learning.learning_rate=1e-9", "run.epochs=1"});
  EXPECT_NE(still.out.find("nothing was learned: training has sent no pulse"), std::string::npos) << still.out;
  EXPECT_EQ(summary("still")["learned"], false);
}

TEST_F(RunTest, SaysNothingOfTheKindWhenItLearns) {
  const Finished run = train("run");
  EXPECT_EQ(run.out.find("learned"), std::string::npos) << run.out;
  EXPECT_EQ(summary("run")["learned"], true);
  EXPECT_EQ(read("run/report.html").find("nothing was learned"), std::string::npos);
}

TEST_F(RunTest, SaysNothingOfTheKindAboutAFewSamples) {
  const Finished run = train("run", {"learning.learning_rate=10", "data.test_limit=10"});
  EXPECT_EQ(run.out.find("learned"), std::string::npos) << run.out;
  EXPECT_TRUE(summary("run")["learned"].is_null());
}

TEST_F(RunTest, TracesTheTrainedNetworkAtTheEnd) {
  const Finished run = train("run", {"trace.samples=2"});
  const auto traced = vcd_names(read("run/trace.vcd")), shown = gtkw_names(read("run/trace.gtkw"));
  EXPECT_EQ(shown.count("SystemC.hidden1.v0"), 1u);
  for (const std::string& name : shown) EXPECT_EQ(traced.count(name), 1u) << name;
  EXPECT_GT(last_time(read("run/trace.vcd")), 0);
  EXPECT_NE(read("run/trace.gtkw").find("[dumpfile] \"trace.vcd\""), std::string::npos);
  EXPECT_NE(run.out.find("waveform  gtkwave run/trace.gtkw\n"), std::string::npos) << run.out;
}

TEST_F(RunTest, ResultsAndProgressGoToDifferentStreams) {
  const Finished run = train("run");
  for (const char* result : {"accuracy", "one inference", "\narea\n", "run/report.html"}) {
    EXPECT_NE(run.out.find(result), std::string::npos) << result;
    EXPECT_EQ(run.err.find(result), std::string::npos) << result << " on standard error:\n" << run.err;
  }
  EXPECT_EQ(run.out.find("/3 "), std::string::npos) << "progress on standard output:\n" << run.out;
  for (const char* epoch : {"epoch  1/3 ", "epoch  2/3 ", "epoch  3/3 "})
    EXPECT_NE(run.err.find(epoch), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find('\r'), std::string::npos) << "a bar, but this is no terminal";
}

TEST_F(RunTest, WithoutOutEachRunGetsTheNextNumber) {
  EXPECT_EQ(settle({"train", "tiny.toml", "--set", "run.epochs=1"}).status, 0);
  EXPECT_EQ(settle({"train", "tiny.toml", "--set", "run.epochs=1"}).status, 0);
  EXPECT_TRUE(exists("runs/tiny-001/summary.json"));
  EXPECT_TRUE(exists("runs/tiny-002/summary.json"));
}

}  // namespace
}  // namespace settle::whole_run_test
