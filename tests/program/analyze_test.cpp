// settle analyze: its tables, its files and its page, its refusals; and what it finds of how settling and the spectral
// radius belong together.
#include <algorithm>
#include <filesystem>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::analyze_test {
namespace {

TEST_F(RunTest, AnalyzePrintsAndWritesAllParts) {
  const Finished run = settle({"analyze", "tiny.toml", "--samples", "5", "--steps", "40", "--out", "out"});
  ASSERT_EQ(run.status, 0) << run.err;
  for (const char* part : {"5 test samples; initial weights of seed 1", "spectral radius, bare", "at equilibrium",
                           "Lyapunov", "convergence time", "circuit at rest after", "clamped phase", "change in step t",
                           "log10 of the rms change", "hidden1_hidden2", "cosine", "noise of a reading"})
    EXPECT_NE(run.out.find(part), std::string::npos) << part << "\n" << run.out;
  EXPECT_EQ(run.out.find("trained"), std::string::npos) << run.out;

  const auto rows = csv_rows(read("out/stability.csv"));
  ASSERT_EQ(rows.size(), 1u);
  const CsvRow& stability = rows[0];
  EXPECT_EQ(stability.at("weights"), "initial");
  EXPECT_GT(number(stability, "spectral_radius"), number(stability, "spectral_radius_settled"));
  EXPECT_GT(number(stability, "spectral_radius_settled"), 0);
  EXPECT_GE(number(stability, "spectral_radius_largest"), number(stability, "spectral_radius_settled"));
  EXPECT_LT(number(stability, "lyapunov_per_step"), 0);
  EXPECT_EQ(number(stability, "samples_settled"), 5);
  EXPECT_GT(number(stability, "free_s"), number(stability, "read_s"));  // a difference asks for more
  EXPECT_GT(number(stability, "read_s"), 3 * 10e-9);
  EXPECT_GT(number(stability, "clamped_s"), 3 * 10e-9);

  EXPECT_EQ(csv_rows(read("out/trajectory.csv")).size(), 41u * 5u);
  const auto samples = csv_rows(read("out/samples.csv"));
  ASSERT_EQ(samples.size(), 5u);
  double slowest = 0, largest = 0, rest = 0;
  for (const CsvRow& sample : samples) {
    EXPECT_EQ(sample.at("ending"), "settled");
    slowest = std::max(slowest, number(sample, "convergence_step"));
    largest = std::max(largest, number(sample, "spectral_radius"));
    rest = std::max(rest, number(sample, "rest_s"));
  }
  EXPECT_EQ(slowest, number(stability, "convergence_step"));
  EXPECT_EQ(largest, number(stability, "spectral_radius_largest"));
  EXPECT_EQ(rest, number(stability, "rest_s"));

  double leading[] = {0, 0};  // of the bare weights, and settled
  const auto eigenvalues = csv_rows(read("out/eigenvalues.csv"));
  EXPECT_EQ(eigenvalues.size(), 2u * (16 + 12));
  for (const CsvRow& z : eigenvalues) {
    double& radius = leading[z.at("slopes") == "settled"];
    radius = std::max(radius, std::hypot(number(z, "real"), number(z, "imaginary")));
  }
  EXPECT_NEAR(leading[0], number(stability, "spectral_radius"), 1e-9);
  EXPECT_NEAR(leading[1], number(stability, "spectral_radius_settled"), 1e-9);

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
  // two readings, each with what the loop adds to neuron.noise
  EXPECT_GT(number(signal[0], "noise_v"), 0.98 * std::sqrt(2.0) * 5e-4 * 0.4);
  EXPECT_LT(number(signal[0], "noise_v"), 1.1 * std::sqrt(2.0) * 5e-4 * 0.4);
  EXPECT_GT(number(signal[1], "noise_v"), 1.05 * number(signal[0], "noise_v"));
  EXPECT_NEAR(number(signal[1], "signal_v"), 0.4 * number(signal[1], "signal_fraction"), 1e-12);
}

TEST_F(RunTest, AnalyzeOfARunHasInitialAndTrainedWeightsSideBySide) {
  train("run", {"run.epochs=1"});
  const Finished both = settle({"analyze", "--run", "run", "--out", "both"});
  ASSERT_EQ(both.status, 0) << both.err;
  EXPECT_NE(both.out.find("trained weights of run after epoch 1"), std::string::npos) << both.out;
  ASSERT_EQ(settle({"analyze", "tiny.toml", "--out", "initial"}).status, 0);
  for (const std::string file :
       {"stability.csv", "trajectory.csv", "samples.csv", "eigenvalues.csv", "gradient.csv", "signal.csv"}) {
    const auto rows = csv_rows(read("both/" + file)), before = csv_rows(read("initial/" + file));
    ASSERT_EQ(rows.size(), 2 * before.size()) << file;
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(rows[i], before[i]) << file;  // the weights that the run began with
      EXPECT_EQ(rows[i].at("weights"), "initial") << file;
      EXPECT_EQ(rows[before.size() + i].at("weights"), "trained") << file;
    }
    EXPECT_NE(rows[0].begin()->second, "") << file;
    CsvRow renamed = rows[before.size()];
    renamed["weights"] = "initial";
    EXPECT_NE(renamed, rows[0]) << file;
  }
  EXPECT_EQ(settle({"analyze", "tiny.toml", "--run", "run"}).out, both.out);
}

// A run measures them on its first training samples, so those are made the test samples.
TEST_F(RunTest, AnalyzeFindsTheRadiiAndTimesThatTheRunReports) {
  const TinyHalf train_half = tiny_half(tiny_train_samples, 1);
  write("data/t10k-images-idx3-ubyte", train_half.images);
  write("data/t10k-labels-idx1-ubyte", train_half.labels);
  train("run", {"run.epochs=1"});
  ASSERT_EQ(settle({"analyze", "--run", "run", "--out", "out"}).status, 0);
  const CsvRow stability = csv_rows(read("out/stability.csv")).at(1);
  const nlohmann::json run = summary("run");
  EXPECT_NEAR(number(stability, "spectral_radius"), run["spectral_radius"].get<double>(), 1e-5);
  EXPECT_NEAR(number(stability, "spectral_radius_settled"), run["spectral_radius_settled"].get<double>(), 1e-5);
  EXPECT_NEAR(number(stability, "read_s"), run["settling"]["read_second"].get<double>(), 1e-12);
  EXPECT_NEAR(number(stability, "free_s"), run["settling"]["free_second"].get<double>(), 1e-12);
  EXPECT_NEAR(number(stability, "clamped_s"), run["settling"]["clamped_second"].get<double>(), 1e-12);
}

TEST_F(RunTest, AnalyzeWritesAPageThatNeedsNothingElse) {
  train("run", {"run.epochs=1"});
  ASSERT_EQ(settle({"analyze", "--run", "run", "--out", "out"}).status, 0);
  const std::string page = read("out/analysis.html");
  for (const char* part :
       {"default-src 'none'", "<figure id=\"changes\">", "<figure id=\"eigenvalues\">", "<figure id=\"cosine\">",
        "<figure id=\"ratio\">", "<figure id=\"signal\">", "id=\"echarts\""})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  for (const char* outside : {"src=", "href="})
    EXPECT_EQ(page.substr(0, page.find("<script")).find(outside), page.npos);
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const std::size_t first = page.find(start) + start.size();
  const nlohmann::json data = nlohmann::json::parse(page.substr(first, page.find("</script>", first) - first));
  ASSERT_EQ(data["weights"].size(), 2u);
  const auto rows = csv_rows(read("out/signal.csv"));
  for (std::size_t i : {0u, 1u}) {
    const nlohmann::json& weights = data["weights"][i];
    EXPECT_EQ(weights["name"], i == 0 ? "initial" : "trained");
    EXPECT_EQ(weights["settled"].size(), 16u + 12u);
    EXPECT_EQ(weights["projections"].size(), 3u);
    EXPECT_EQ(weights["changes"]["samples"].size(), 8u);
    EXPECT_GT(weights["changes"]["worst"].size(), 5u);
    EXPECT_NEAR(weights["signals"][1]["volt"].get<double>(), number(rows[2 * i + 1], "signal_v"), 1e-12);
  }
}

TEST_F(RunTest, AnalyzeOfANetworkThatDoesNotSettleIsAResult) {
  const Finished run = settle({"analyze", "tiny.toml", "--set", "network.beta=50", "--set", "network.alpha=5", "--set",
                               "network.feedback=random", "--out", "out"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("the map does not settle within 200 steps"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("lower network.beta (now 50)"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("nan"), std::string::npos) << run.out;
  for (const char* file : {"stability.csv", "samples.csv", "trajectory.csv", "signal.csv", "analysis.html"}) {
    ASSERT_TRUE(exists(std::string("out/") + file));
    const std::string text = read(std::string("out/") + file);
    EXPECT_EQ(text.substr(0, text.find("id=\"echarts\"")).find("nan"), std::string::npos) << file;
  }
}

// The map from zero walks two ways at once, which offsets part (docs/settling.md). The circuit comes to rest: with
// symmetric feedback and one beta an energy falls all the way.
TEST_F(RunTest, AnalyzeNamesACycleOfTheMapThatTheCircuitDoesNotHave) {
  const Words strong = {"analyze", "tiny.toml",
                        "--set",   "network.beta=4",
                        "--set",   "device.preset=ideal",
                        "--set",   "network.hidden=[30, 30, 30]",
                        "--steps", "1000",
                        "--out",   "out"};
  Words shifted = strong;
  shifted.insert(shifted.end(), {"--set", "neuron.offset_mismatch=0.3"});
  const Finished run = settle(shifted);
  ASSERT_EQ(run.status, 0) << run.err;
  for (const char* part : {"end in a period-2 cycle", "belongs to the synchronous map, the circuit comes to rest",
                           "settling.analysis \"transient\""})
    EXPECT_NE(run.out.find(part), std::string::npos) << part << "\n" << run.out;
  EXPECT_GT(number(csv_rows(read("out/stability.csv"))[0], "samples_cycling"), 0);
  for (const CsvRow& sample : csv_rows(read("out/samples.csv"))) {
    EXPECT_GT(number(sample, "rest_s"), 0);
    EXPECT_EQ(sample.at("ending") == "settled", !sample.at("convergence_step").empty());
  }
}

// The seed's experiment: iterations of the map to a change of 1e-5 rms.
TEST_F(RunTest, AnalyzeFindsFewestIterationsForTheWeakestFeedback) {
  double before = 0;
  for (const std::string beta : {"0.01", "0.1", "1"}) {
    ASSERT_EQ(
        settle({"analyze", "tiny.toml", "--set", "network.beta=" + beta, "--steps", "2000", "--out", "out"}).status, 0);
    const double steps = number(csv_rows(read("out/stability.csv"))[0], "convergence_step");
    EXPECT_GT(steps, 1.5 * before) << beta;
    before = steps;
  }
}

// The sooner the loop settles, as a map and as a circuit, the smaller its radius is, bare and at equilibrium.
TEST_F(RunTest, AnalyzeFindsThatSettlingTimesFallWithTheRadius) {
  for (const std::string topology : {"layered", "residual"}) {
    CsvRow first, before;
    for (const std::string beta : {"0.001", "0.003", "0.01", "0.03", "0.05", "0.07", "0.09", "0.11"}) {
      ASSERT_EQ(
          settle({"analyze", "tiny.toml", "--set", "device.preset=ideal", "--set", "network.hidden=[24, 24, 24, 24]",
                  "--set", "network.topology=" + topology, "--set", "network.beta=" + beta, "--out", "out"})
              .status,
          0);
      const CsvRow now = csv_rows(read("out/stability.csv"))[0];
      EXPECT_LT(number(now, "spectral_radius"), 1) << topology << beta;
      if (before.empty()) {
        first = before = now;
        continue;
      }
      for (const char* radius : {"spectral_radius", "spectral_radius_settled", "spectral_radius_largest"})
        EXPECT_GT(number(now, radius), number(before, radius)) << topology << beta;
      for (const char* time : {"convergence_step", "rest_s", "read_s", "clamped_s"})
        EXPECT_GE(number(now, time), number(before, time)) << time << topology << beta;
      before = now;
    }
    for (const char* time : {"convergence_step", "rest_s", "read_s", "clamped_s"})
      EXPECT_GT(number(before, time), 1.5 * number(first, time)) << time << topology;
  }
}

TEST_F(RunTest, AnalyzesAllSamplesWhereThereAreFewerThanByDefault) {
  const Finished run = settle({"analyze", "tiny.toml", "--steps", "4", "--set", "data.test_limit=5"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find(", 5 test samples;"), std::string::npos) << run.out;
}

TEST_F(RunTest, AnalyzeRefusesAndWritesNothing) {
  const std::vector<std::pair<Words, std::string>> refusals = {
      {{"analyze", "--out", "out"}, "settle analyze: name a configuration"},
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
}  // namespace settle::analyze_test
