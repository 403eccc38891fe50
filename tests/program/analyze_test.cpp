// settle analyze: its tables, its files, and its refusals.
#include <filesystem>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle {
namespace {

TEST_F(RunTest, AnalyzePrintsAndWritesAllParts) {
  const Finished run = settle({"analyze", "tiny.toml", "--samples", "5", "--steps", "40", "--out", "out"});
  ASSERT_EQ(run.status, 0) << run.err;
  for (const char* part : {"initial weights, 5 test samples", "spectral radius, bare", "at equilibrium", "Lyapunov",
                           "change in step t", "convergence time", "hidden1-hidden2", "cosine", "noise of a hold"})
    EXPECT_NE(run.out.find(part), std::string::npos) << part << "\n" << run.out;

  const CsvRow stability = csv_rows(read("out/stability.csv")).at(0);
  EXPECT_GT(number(stability, "spectral_radius"), number(stability, "spectral_radius_settled"));
  EXPECT_GT(number(stability, "spectral_radius_settled"), 0);
  EXPECT_LT(number(stability, "lyapunov_per_step"), 0);

  EXPECT_EQ(csv_rows(read("out/trajectory.csv")).size(), 41u * 5u);
  const auto samples = csv_rows(read("out/samples.csv"));
  ASSERT_EQ(samples.size(), 5u);
  for (const CsvRow& sample : samples) EXPECT_EQ(sample.at("ending"), "settled");

  const auto gradient = csv_rows(read("out/gradient.csv"));
  ASSERT_EQ(gradient.size(), 3u);
  for (const CsvRow& projection : gradient) {
    EXPECT_GT(number(projection, "cosine"), 0.9) << projection.at("projection");
    EXPECT_NEAR(number(projection, "norm_ratio"), 1, 0.2) << projection.at("projection");
  }
  EXPECT_NEAR(number(gradient.back(), "norm_ratio"), 1, 1e-3);  // the read-out's is the same for both

  const auto signal = csv_rows(read("out/signal.csv"));
  ASSERT_EQ(signal.size(), 2u);
  EXPECT_LT(number(signal[0], "signal_v"), 0.2 * number(signal[1], "signal_v"));  // weak feedback
  EXPECT_NEAR(number(signal[0], "hold_noise_v"), 5e-4 * 0.4, 1e-9);
  EXPECT_NEAR(number(signal[1], "signal_v"), 0.4 * number(signal[1], "signal_fraction"), 1e-12);
}

TEST_F(RunTest, AnalyzeOfARunNeedsNoConfiguration) {
  train("run", {"run.epochs=1"});
  const Finished initial = settle({"analyze", "tiny.toml"}), trained = settle({"analyze", "--run", "run"});
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.out.find("weights of run after epoch 1"), std::string::npos) << trained.out;
  EXPECT_NE(initial.out.substr(initial.out.find('\n')), trained.out.substr(trained.out.find('\n')));
  EXPECT_EQ(settle({"analyze", "tiny.toml", "--run", "run"}).out, trained.out);
}

// A run measures them on its first training samples, so those are made the test samples.
TEST_F(RunTest, AnalyzeFindsTheRadiiThatTheRunReports) {
  const TinyHalf train_half = tiny_half(tiny_train_samples, 1);
  write("data/t10k-images-idx3-ubyte", train_half.images);
  write("data/t10k-labels-idx1-ubyte", train_half.labels);
  train("run", {"run.epochs=1"});
  ASSERT_EQ(settle({"analyze", "--run", "run", "--out", "out"}).status, 0);
  const CsvRow stability = csv_rows(read("out/stability.csv")).at(0);
  const nlohmann::json run = summary("run");
  EXPECT_NEAR(number(stability, "spectral_radius"), run["spectral_radius"].get<double>(), 1e-5);
  EXPECT_NEAR(number(stability, "spectral_radius_settled"), run["spectral_radius_settled"].get<double>(), 1e-5);
}

TEST_F(RunTest, AnalyzeOfANetworkThatDoesNotSettleIsAResult) {
  const Finished run = settle({"analyze", "tiny.toml", "--set", "network.beta=50", "--set", "network.alpha=5", "--set",
                               "network.feedback=random", "--out", "out"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("convergence time not within 200 steps"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("remedy: lower network.beta"), std::string::npos) << run.out;
  EXPECT_TRUE(exists("out/samples.csv"));
}

TEST_F(RunTest, AnalyzeRefusesAndWritesNothing) {
  const std::vector<std::pair<Words, std::string>> refusals = {
      {{"analyze", "--out", "out"}, "CONFIG is required"},
      {{"analyze", "tiny.toml", "--out", "out", "--step", "3"}, "did you mean `--steps`"},
      {{"analyze", "tiny.toml", "--out", "out", "--steps", "0"}, "--steps"},
      {{"analyze", "tiny.toml", "--out", "out", "--samples", "-1"}, "--samples"},
      {{"analyze", "tiny.toml", "--out", "out", "--run", "none"}, "none: no such folder"},
      {{"analyze", "tiny.toml", "--out", "out", "--set", "network.betta=1"}, "network.beta"},
      {{"analyze", "tiny.toml", "--out", "tiny.toml"}, "tiny.toml"}};
  for (const auto& [words, message] : refusals) {
    const Finished refused = settle(words);
    EXPECT_EQ(refused.status, 2) << message;
    EXPECT_EQ(refused.out, "") << message;
    EXPECT_NE(refused.err.find(message), std::string::npos) << refused.err;
    EXPECT_FALSE(exists("out")) << message;
  }
}

}  // namespace
}  // namespace settle
