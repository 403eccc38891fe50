// network.hidden = []: the input drives the read-out, through the whole program.
#include <cmath>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::perceptron_test {
namespace {

const char* const perceptron = R"([run]
epochs = 3
batch = 20

[data]
name = "tiny"
path = "data"

[network]
hidden = []

[device]
preset = "ecram"

[converter]
dac_bits = 8
adc_bits = 8

[trace]
samples = 2
)";

class Perceptron : public RunTest {
 protected:
  Perceptron() { write("perceptron.toml", perceptron); }
};

TEST_F(Perceptron, TrainsAndIsReported) {
  const Finished run = settle({"train", "perceptron.toml", "--out", "out"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("note"), std::string::npos) << run.err;
  const auto rows = csv_rows(read("out/metrics.csv"));
  ASSERT_EQ(rows.size(), 3u);
  for (const CsvRow& row : rows)
    for (const auto& [column, value] : row) EXPECT_TRUE(std::isfinite(std::stod(value))) << column << " " << value;
  EXPECT_LT(number(rows.back(), "train_loss"), 0.97 * number(rows.front(), "train_loss"));
  EXPECT_EQ(number(rows.back(), "read_settling_second"), 0);
  EXPECT_EQ(number(rows.back(), "clamped_steps_mean"), 0);
  const std::string page = read("out/report.html");
  EXPECT_NE(page.find("64-3"), std::string::npos);
  EXPECT_EQ(page.find(">nan"), std::string::npos);
  EXPECT_TRUE(exists("out/trace.vcd"));
}

TEST_F(Perceptron, ItsCheckpointIsTakenUp) {
  ASSERT_EQ(settle({"train", "perceptron.toml", "--out", "out"}).status, 0);
  const Finished analysis = settle({"analyze", "--run", "out", "--out", "analysis"});
  ASSERT_EQ(analysis.status, 0) << analysis.err;
  EXPECT_NE(analysis.out.find("input_readout"), std::string::npos) << analysis.out;
  EXPECT_NE(analysis.out.find("1.000000"), std::string::npos) << "the delta rule is the gradient\n" << analysis.out;
  const Finished trace = settle({"trace", "--run", "out", "--out", "trace", "--samples", "2"});
  ASSERT_EQ(trace.status, 0) << trace.err;
  const std::string waveform = read("trace/trace.vcd");
  EXPECT_NE(waveform.find("readout"), std::string::npos);
  EXPECT_EQ(waveform.find("nudge"), std::string::npos) << "nothing is nudged";
}

TEST_F(Perceptron, HasNoDeckOfNeurons) {
  const Finished deck = settle({"netlist", "perceptron.toml", "--out", "deck"});
  EXPECT_EQ(deck.status, 2);
  EXPECT_EQ(deck.err.find("settle: network.hidden: "), 0u) << deck.err;
  EXPECT_FALSE(exists("deck"));
}

TEST_F(Perceptron, KeysOfNeuronsHaveNoEffect) {
  for (const std::string setting : {"neuron.tau_s=1e-6", "learning.nudge=0.3", "settling.analysis=map",
                                    "network.feedback=replica", "hold.leakage_a=1e-9"}) {
    const Finished run =
        settle({"train", "perceptron.toml", "--out", "out", "--set", "network.hidden=[]", "--set", setting});
    EXPECT_EQ(run.status, 2) << setting;
    EXPECT_NE(run.err.find("no effect, as there is no hidden layer: set network.hidden"), std::string::npos) << run.err;
  }
}

}  // namespace
}  // namespace settle::perceptron_test
