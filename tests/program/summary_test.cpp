// summary.json: the keys that others rely on, and that its figures agree with each other and with the tables.
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include <openssl/evp.h>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::summary_test {
namespace {

using Json = nlohmann::json;

constexpr double presentations = 3.0 * tiny_train_samples, inferences = 3.0 * tiny_test_samples;

// Sums in another order differ in the last bits.
void expect_same(double a, double b, const std::string& what) { EXPECT_NEAR(a, b, 1e-9 * std::abs(b)) << what; }

std::string sha256(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  std::size_t size = digest.size();
  EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size);
  std::string hex(64, '0');
  for (std::size_t i = 0; i < digest.size(); ++i) std::snprintf(&hex[2 * i], 3, "%02x", digest[i]);
  return hex;
}

class Summary : public RunTest {
 protected:
  Summary() {
    train("run");
    s = summary("run");
    epochs = csv_rows(read("run/metrics.csv"));
    costs = csv_rows(read("run/costs.csv"));
  }

  // The sum over the rows of costs.csv whose column has this value.
  double sum(const std::string& of, const std::string& column, const std::string& value) const {
    double total = 0;
    for (const CsvRow& row : costs)
      if (row.at(column) == value) total += number(row, of);
    return total;
  }
  double energy(const std::string& section) const { return sum("energy_nominal_joule", "section", section); }

  Json s;
  std::vector<CsvRow> epochs, costs;
};

TEST_F(Summary, HasTheKeysThatOthersRelyOn) {
  for (const char* number : {"/test_accuracy/best", "/test_accuracy/last", "/train_accuracy", "/samples_per_second",
                             "/latency_second/per_inference", "/latency_second/per_training_sample",
                             "/latency_second/total", "/settling/free_steps_mean", "/settling/clamped_steps_mean",
                             "/spectral_radius", "/spectral_radius_settled", "/pulses_total"}) {
    ASSERT_TRUE(s.contains(Json::json_pointer(number))) << number;
    const Json& value = s.at(Json::json_pointer(number));
    ASSERT_TRUE(value.is_number()) << number << ": " << value;
    EXPECT_GT(value, 0) << number;
  }
  for (const char* integer : {"epochs", "seed"}) EXPECT_TRUE(s.at(integer).is_number_integer()) << integer;
  for (const char* text : {"config_sha256", "version", "network"}) EXPECT_TRUE(s.at(text).is_string()) << text;
  EXPECT_TRUE(s.at("seconds_per_epoch").is_array());
  EXPECT_TRUE(s.at("interrupted").is_boolean());
  EXPECT_EQ(s.at("learned"), true);
}

// Of the initial weights; the two differ where writes are noisy, and exact devices are not written.
TEST_F(Summary, TellsTheErrorsOfWhatWasWritten) {
  const auto rms = [](const Json& of, const char* which) { return of["write_error"][which].get<double>(); };
  EXPECT_GT(rms(s, "hidden_rms"), 0);
  EXPECT_EQ(rms(s, "apparent_rms"), rms(s, "hidden_rms"));
  train("noisy", {"device.write_noise=50"});
  const Json noisy = summary("noisy");
  EXPECT_GT(rms(noisy, "hidden_rms"), rms(s, "hidden_rms"));
  EXPECT_NE(rms(noisy, "apparent_rms"), rms(noisy, "hidden_rms"));
  train("exact", {"device.preset=ideal"});
  EXPECT_TRUE(summary("exact")["write_error"].is_null());
}

TEST_F(Summary, EstimatesAreOrdered) {
  for (const char* estimate : {"/energy_joule/per_inference", "/energy_joule/per_training_sample",
                               "/energy_joule/programming", "/energy_joule/total", "/area_m2"}) {
    const Json& e = s.at(Json::json_pointer(estimate));
    EXPECT_EQ(e.size(), 4u) << estimate;
    EXPECT_GT(e["p5"], 0) << estimate;
    EXPECT_LT(e["p5"], e["p50"]) << estimate;
    EXPECT_LT(e["p50"], e["p95"]) << estimate;
    EXPECT_LT(e["p5"], e["nominal"]) << estimate;
    EXPECT_LT(e["nominal"], e["p95"]) << estimate;
  }
}

TEST_F(Summary, AccuraciesAreThoseOfTheEpochs) {
  double best = 0;
  for (const CsvRow& epoch : epochs) best = std::max(best, number(epoch, "test_accuracy"));
  EXPECT_EQ(s["test_accuracy"]["best"], best);
  const std::size_t at = s["test_accuracy"]["best_epoch"].get<std::size_t>() - 1;
  EXPECT_EQ(number(epochs.at(at), "test_accuracy"), best);
  for (std::size_t i = 0; i < at; ++i) EXPECT_LT(number(epochs[i], "test_accuracy"), best) << "the first of the best";
  EXPECT_EQ(s["test_accuracy"]["last"], number(epochs.back(), "test_accuracy"));
  EXPECT_EQ(s["train_accuracy"], number(epochs.back(), "train_accuracy"));
  EXPECT_LE(best, 1.0);
}

// The links of codes lie on the chip; its host is its logic and its memory.
TEST_F(Summary, WithoutTheHostIsAllOfTheChip) {
  double chip_j = 0, links_j = 0;
  for (const CsvRow& row : costs) {
    if (row.at("section") != "inference") continue;
    if (row.at("component").rfind("host", 0) != 0) chip_j += number(row, "energy_nominal_joule");
    if (row.at("action") == "links of codes") links_j += number(row, "energy_nominal_joule");
  }
  EXPECT_GT(links_j, 1e-3 * chip_j);
  expect_same(s["merits"]["analog_joule_per_multiply_add"],
              chip_j / inferences / s["merits"]["multiply_adds"].get<double>(), "without the host");
}

// Other lines, capacitors and amplifiers make other accuracies; figures that are certain make the run's own.
TEST_F(Summary, AccuracyIsDrawnWithTheFigures) {
  EXPECT_TRUE(s["drawn_accuracy"].is_null());
  const Words uncertain = {"run.accuracy_draws=5", "run.epochs=1", "noise.physical=true", "wire.r_segment_ohm=20",
                           "wire.resistance_factor=[0.1,1,30]"};
  const Finished run = train("drawn", uncertain);
  EXPECT_NE(run.err.find("chip 5 of 5: test accuracy"), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("on chips with figures drawn"), std::string::npos) << run.out;
  const Json of = summary("drawn");
  const Json& drawn = of["drawn_accuracy"];
  EXPECT_EQ(drawn["draws"], 5);
  EXPECT_EQ(drawn["nominal"], of["test_accuracy"]["last"]);
  EXPECT_LT(drawn["p5"], drawn["p95"]);
  EXPECT_LE(drawn["p5"], drawn["p50"]);
  EXPECT_LE(drawn["p50"], drawn["p95"]);
  EXPECT_NE(read("drawn/report.html").find("on 5 chips with figures drawn"), std::string::npos);

  Words threads = uncertain;
  threads.insert(threads.end(), {"run.threads=3", "run.block=40"});
  train("threads", threads);
  EXPECT_EQ(summary("threads")["drawn_accuracy"], drawn);

  train("certain", {"run.accuracy_draws=3", "run.epochs=1", "noise.physical=true", "chip.wire_capacitance_f=2e-16",
                    "sense.noise_factor=1"});
  const Json certain = summary("certain");
  for (const char* of_draws : {"p5", "p50", "p95"})
    EXPECT_EQ(certain["drawn_accuracy"][of_draws], certain["test_accuracy"]["last"]) << of_draws;
}

// The same as `settle eval --after` finds of the same weights.
TEST_F(Summary, TestsAgainAfterARest) {
  EXPECT_TRUE(s["test_accuracy"]["rested"].is_null());
  const Finished run = train("rested", {"device.preset=capacitor", "device.leak_time_s=100", "run.rest_s=300"});
  const double rested = summary("rested")["test_accuracy"]["rested"];
  EXPECT_LT(rested, summary("rested")["test_accuracy"]["last"].get<double>()) << "three time constants";
  EXPECT_NE(run.out.find("after its rest"), std::string::npos) << run.out;
  char shown[64];
  std::snprintf(shown, sizeof shown, "test accuracy   %.2f %%", 100 * rested);
  const Finished eval = settle({"eval", "rested", "--after", "300"});
  EXPECT_NE(eval.out.find(shown), std::string::npos) << eval.out;
  EXPECT_NE(read("rested/report.html").find("after its rest"), std::string::npos);
}

// What phases draw and take adds up to the totals, and pipelining saves no more than it can.
TEST_F(Summary, PhasesAddUp) {
  std::map<std::string, double> joules, seconds;
  double longest = 0;
  for (const Json& phase : s["phases"]) {
    joules["all"] += phase["joule"].get<double>();
    seconds[phase["section"]] += phase["second"].get<double>();
    if (phase["section"] == "inference") longest = std::max(longest, phase["second"].get<double>());
  }
  EXPECT_NEAR(joules["all"] / s["energy_joule"]["total"]["nominal"].get<double>(), 1, 1e-9);
  for (const Json& part : s["latency_parts"])
    EXPECT_NEAR(seconds[part["section"]], part["second"].get<double>(), 1e-9 * part["second"].get<double>());
  const double one = s["latency_second"]["per_inference"], pipelined = s["latency_second"]["per_inference_pipelined"];
  EXPECT_LE(pipelined, one);
  EXPECT_GE(pipelined / one, longest / seconds["inference"] * (1 - 1e-9));
}

TEST_F(Summary, TellsWhatATargetTook) {
  EXPECT_TRUE(s["merits"]["target_accuracy"].is_null());
  const double first = number(epochs[0], "test_accuracy");
  const Words words = {"train", "tiny.toml", "--out", "target", "--set"};
  const auto merits_of = [&](double target) {
    Words all = words;
    all.push_back("run.target_accuracy=" + std::to_string(target));
    EXPECT_EQ(settle(all).status, 0);
    std::filesystem::rename(path("target/summary.json"), path("of_target.json"));
    std::filesystem::remove_all(path("target"));
    return Json::parse(read("of_target.json"))["merits"];
  };
  const Json easy = merits_of(first / 2), never = merits_of(1);
  EXPECT_EQ(easy["to_target_epochs"], 1);
  EXPECT_EQ(easy["to_target_joule"], number(epochs[0], "energy_joule"));
  EXPECT_EQ(easy["to_target_second"], number(epochs[0], "simulated_second"));
  EXPECT_TRUE(never["to_target_joule"].is_null() || number(epochs.back(), "test_accuracy") == 1);
}

TEST_F(Summary, ConfusionCountsEveryTestSampleOnce) {
  int all = 0, right = 0;
  for (int i = 0; i < tiny_classes; ++i) {
    int of_class = 0;
    for (int j = 0; j < tiny_classes; ++j) of_class += s["confusion"][i][j].get<int>();
    EXPECT_EQ(of_class, (tiny_test_samples + 2 - i) / tiny_classes) << "true class " << i;
    all += of_class;
    right += s["confusion"][i][i].get<int>();
  }
  EXPECT_EQ(all, tiny_test_samples);
  EXPECT_DOUBLE_EQ(s["test_accuracy"]["last"], double(right) / all);
}

TEST_F(Summary, SpeedIsSamplesOverTrainingTime) {
  const std::vector<double> seconds = s["seconds_per_epoch"];
  ASSERT_EQ(seconds.size(), 3u);
  for (const double epoch : seconds) EXPECT_GT(epoch, 0);
  expect_same(s["samples_per_second"], presentations / std::accumulate(seconds.begin(), seconds.end(), 0.0), "speed");
}

TEST_F(Summary, EnergyIsTheSumOfTheCosts) {
  const double training = energy("training"), inference = energy("inference"), programming = energy("programming");
  EXPECT_GT(programming, 0);
  const Json& joule = s["energy_joule"];
  expect_same(joule["total"]["nominal"], programming + training + inference, "total");
  expect_same(joule["programming"]["nominal"], programming, "programming");
  expect_same(joule["per_training_sample"]["nominal"], training / presentations, "training");
  expect_same(joule["per_inference"]["nominal"], inference / inferences, "inference");
  expect_same(s["energy_joule"]["total"]["nominal"], number(epochs.back(), "energy_joule"), "metrics.csv");
}

TEST_F(Summary, LatencyIsTheSumOfItsParts) {
  std::map<std::string, double> part;
  for (const Json& p : s["latency_parts"]) part[p["section"]] = p["second"];
  // as docs/outputs.md says: of the whole run
  const std::string page = bytes_of(std::string(SETTLE_SOURCE) + "/docs/outputs.md");
  ASSERT_EQ(part.size(), 3u);
  EXPECT_NE(page.find("| `/latency_parts/*/section` |  | programming, training or inference |"), std::string::npos);
  EXPECT_NE(page.find("| `/latency_parts/*/second` | s | simulated time in it, of the whole run |"), std::string::npos);
  EXPECT_GT(part["programming"], 0);
  const Json& latency = s["latency_second"];
  expect_same(latency["total"], part["programming"] + part["training"] + part["inference"], "total");
  expect_same(latency["per_training_sample"], part["training"] / presentations, "training");
  expect_same(latency["per_inference"], part["inference"] / inferences, "inference");
  expect_same(latency["total"], number(epochs.back(), "simulated_second"), "metrics.csv");
}

TEST_F(Summary, AreaIsTheSumOfItsParts) {
  double area = 0, p95 = 0;
  for (const Json& component : s["area"]) {
    area += component["nominal"].get<double>();
    p95 += component["p95"].get<double>();
  }
  expect_same(s["area_m2"]["nominal"], area, "nominal");
  EXPECT_LT(s["area_m2"]["p95"], p95) << "independent figures are not all high together";
}

// All figures are in the summary, each with its record; and each headline hangs on those that its actions depend on.
TEST_F(Summary, HeadlinesHangOnFigures) {
  for (const char* headline : {"per_inference", "per_training_sample", "total", "area"}) {
    double last = INFINITY;
    EXPECT_FALSE(s["hangs_on"][headline].empty()) << headline;
    for (const Json& swing : s["hangs_on"][headline]) {
      const std::string key = swing["figure"];
      ASSERT_TRUE(s["figures"].contains(key)) << key;
      for (const char* text : {"unit", "evidence", "source", "distribution"})
        EXPECT_TRUE(s["figures"][key][text].is_string()) << key << " " << text;
      const double low = swing["low"], high = swing["high"];
      EXPECT_LE((low - 1) * (high - 1), 0) << key << ": on either side of the nominal value";
      EXPECT_LE(std::abs(high - low), last) << "the largest first";
      last = std::abs(high - low);
    }
  }
  const std::string inference = s["hangs_on"]["per_inference"].dump(), area = s["hangs_on"]["area"].dump();
  EXPECT_NE(inference.find("cost.adc_energy_per_step_j"), std::string::npos);
  EXPECT_EQ(inference.find("cost.host_multiply_j"), std::string::npos);
  EXPECT_EQ(area.find("_j\""), std::string::npos) << area;
}

// The share of an inference that goes with a figure, by the books, decides its swing.
TEST_F(Summary, SwingIsThatOfTheActionsShare) {
  double share = 0;
  for (const CsvRow& row : costs)
    if (row.at("section") == "inference" && row.at("action") == "output conversion")
      share += number(row, "energy_nominal_joule") / energy("inference");
  const Json& figure = s["figures"]["cost.adc_energy_per_step_j"];
  const double high = figure["high"].get<double>() / figure["nominal"].get<double>();
  for (const Json& swing : s["hangs_on"]["per_inference"])
    if (swing["figure"] == "cost.adc_energy_per_step_j") {
      expect_same(swing["high"], 1 + share * (high - 1), "swing");
      return;
    }
  FAIL() << "the ADC's figure is not there";
}

TEST_F(Summary, PulsesAreThoseThatWerePaidFor) {
  expect_same(s["pulses_total"], sum("count", "action", "write pulses") + sum("count", "action", "gate pulses"),
              "costs.csv");
  expect_same(s["pulses_total"], number(epochs.back(), "pulses"), "metrics.csv");
}

TEST_F(Summary, SettlingIsThatOfTheLastEpoch) {
  EXPECT_EQ(s["settling"]["free_steps_mean"], number(epochs.back(), "free_steps_mean"));
  EXPECT_EQ(s["settling"]["clamped_steps_mean"], number(epochs.back(), "clamped_steps_mean"));
  EXPECT_EQ(s["settling"]["unsettled_fraction"], 0.0);
  // the slopes of tanh are at most one, and gains differ by a few percent
  EXPECT_LT(s["spectral_radius_settled"], 1.2 * s["spectral_radius"].get<double>());
}

TEST_F(Summary, SaysWhatWasRun) {
  EXPECT_EQ(s["config_sha256"], sha256(read("run/config.toml")));
  EXPECT_EQ(settle({"--version"}).out.find("settle " + s["version"].get<std::string>() + "\n"), 0u);
  EXPECT_EQ(s["network"], "64-16-12-3");
  EXPECT_EQ(s["data"]["train_samples"], tiny_train_samples);
  EXPECT_EQ(s["data"]["test_samples"], tiny_test_samples);
  EXPECT_EQ(s["epochs"], 3);
  EXPECT_EQ(s["seed"], 1);
  EXPECT_EQ(s["interrupted"], false);
}

}  // namespace
}  // namespace settle::summary_test
