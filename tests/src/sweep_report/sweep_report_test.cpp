// The page of a sweep whose database the test fills itself.
#include "src/sweep_report/sweep_report.h"

#include <cmath>
#include <ctime>
#include <filesystem>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/run/run_folder.h"
#include "src/sweep/database/connection.h"
#include "src/sweep/database/sweep_store.h"
#include "src/sweep_report/reported_sweep.h"
#include "tests/src/temporary_folder.h"

namespace settle::sweep_report_test {
namespace {

namespace fs = std::filesystem;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// A sweep whose points have not been run, but have results.
class SweepReport : public testing::Test {
 protected:
  /// Makes results.db of a sweep of this text, with `epochs` epochs of every point; those in `failed` have none.
  void make(const std::string& text, int epochs, const std::vector<int>& failed = {}) const {
    folder.write("base.toml", "[network]\nhidden = [8, 8]\n");
    const SweepFile sweep = read_sweep(folder.write("sweep.toml", "base = 'base.toml'\n" + text));
    const std::vector<Point> points = expand(sweep);
    fs::create_directories(sweep_folder() / "points");
    { const SweepStore makes_it(sweep_folder(), sweep, points); }
    SQLite::Database database((sweep_folder() / "results.db").string(), SQLite::OPEN_READWRITE);
    SQLite::Transaction all(database);
    for (int i = 1; i <= int(points.size()); ++i) {
      const bool fails = std::find(failed.begin(), failed.end(), i) != failed.end();
      database.exec("UPDATE points SET state = '" + std::string(fails ? "failed" : "done") +
                    "' WHERE point = " + std::to_string(i));
      if (!fails) fill(database, i, epochs);
    }
    all.commit();
  }

  fs::path sweep_folder() const { return fs::path(folder.path()) / "sweep"; }
  fs::path page() const { return sweep_folder() / "report.html"; }
  std::string page_text() const {
    write_sweep_report(sweep_folder(), page());
    return read_file(page());
  }

  TemporaryFolder folder;

 private:
  static void fill(SQLite::Database& database, int point, int epochs) {
    const double accuracy = 0.7 + 0.2 * std::sin(0.37 * point), joule = 1e-7 * (1 + point % 7);
    SQLite::Statement metrics(
        database,
        "INSERT INTO metrics (point, test_accuracy_best, test_accuracy_last, train_accuracy, epochs, "
        "inference_joule, inference_joule_p5, inference_joule_p95, training_sample_joule, "
        "total_joule, inference_second, total_second, area_m2, pulses, spectral_radius, "
        "free_steps_mean, peak_watt, network) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const CellRow row = {std::int64_t(point),  accuracy,
                         accuracy - 0.01,      accuracy + 0.02,
                         std::int64_t(epochs), joule,
                         joule * 0.7,          joule * 1.6,
                         joule * 3.1,          joule * 1e5 / 3,
                         1e-6 / joule * 1e-7,  0.01 * point,
                         2e-6 + 1e-9 * point,  1e5 + point,
                         0.3 + 1e-3 * point,   3.5 + 0.01 * point,
                         0.12 * joule * 1e7,   std::string("8-8-2")};
    for (std::size_t k = 0; k < row.size(); ++k) bind(metrics, int(k) + 1, row[k]);
    metrics.exec();
    SQLite::Statement curve(database,
                            "INSERT INTO epochs (point, row, epoch, test_accuracy, train_accuracy, test_loss, "
                            "train_loss, energy_joule, simulated_second) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (int e = 1; e <= epochs; ++e) {
      const double learned = 1 - std::exp(-0.4 * e);
      const CellRow cells = {std::int64_t(point), std::int64_t(e),           std::int64_t(e),
                             accuracy * learned,  accuracy * learned + 0.01, 2 - learned,
                             1.9 - learned,       joule * 1e5 * e,           0.01 * e};
      for (std::size_t k = 0; k < cells.size(); ++k) bind(curve, int(k) + 1, cells[k]);
      curve.exec();
      curve.reset();
    }
  }
};

constexpr const char* two_axes =
    "seeds = [1, 2]\n[grid]\nnetwork.beta = [0.01, 0.1]\nlearning.difference = ['plain', 'layer-scaled']\n";

const nlohmann::json& column(const nlohmann::json& data, const std::string& name) {
  static const nlohmann::json none;
  for (const auto& each : data["columns"])
    if (each["name"] == name) return each;
  return none;
}

TEST_F(SweepReport, HasWhatTheDatabaseHas) {
  make(two_axes, 3, {2});
  fs::create_directories(sweep_folder() / "points/001");
  write_file(sweep_folder() / "points/001/report.html", "a page");
  const nlohmann::json data = page_data(read_reported_sweep(sweep_folder()));
  EXPECT_EQ(data["points"], 8);
  EXPECT_EQ(column(data, "network.beta")["role"], "axis");
  EXPECT_EQ(column(data, "network.beta")["values"], nlohmann::json({0.01, 0.01, 0.01, 0.01, 0.1, 0.1, 0.1, 0.1}));
  EXPECT_EQ(column(data, "inference_joule")["unit"], "J");
  EXPECT_EQ(column(data, "inference_joule")["values"][0], 2e-7);
  EXPECT_TRUE(column(data, "inference_joule")["values"][1].is_null()) << "has failed";
  EXPECT_EQ(column(data, "network")["values"][0], "8-8-2");
  EXPECT_TRUE(column(data, "network")["values"][1].is_null());
  EXPECT_EQ(column(data, "case")["constant"], "") << "is the same of all points";
  EXPECT_TRUE(column(data, "drawn_accuracy").is_null()) << "has no value at all";
  EXPECT_EQ(data["pages"][0], "points/001/report.html");
  EXPECT_TRUE(data["pages"][2].is_null()) << "is not there";
  const nlohmann::json& epochs = data["epochs"];
  EXPECT_TRUE(epochs["points"][1].is_null());
  EXPECT_EQ(epochs["points"][0]["epoch"], nlohmann::json({1, 2, 3}));
  ASSERT_EQ(epochs["columns"][0]["name"], "test_accuracy");
  EXPECT_NEAR(epochs["points"][0]["values"][0][1], (0.7 + 0.2 * std::sin(0.37)) * (1 - std::exp(-0.8)), 1e-6);
  EXPECT_EQ(epochs["thinned"], false);
  EXPECT_EQ(
      summary_of(read_reported_sweep(sweep_folder())),
      "8 points, 7 done, 1 failed; varied: network.beta (2 values), learning.difference (2 values), seed (2 values)");
}

TEST_F(SweepReport, KeepsSomeOfVeryManyEpochsAndTheLast) {
  make("[grid]\nrun.batch = [1, 2]\n", 30001);
  const nlohmann::json data = page_data(read_reported_sweep(sweep_folder()));
  const nlohmann::json& epoch = data["epochs"]["points"][1]["epoch"];
  EXPECT_EQ(data["epochs"]["thinned"], true);
  EXPECT_LE(epoch.size(), 12500u);
  EXPECT_GE(epoch.size(), 10000u);
  EXPECT_EQ(epoch.back(), 30001);
  EXPECT_EQ(data["epochs"]["points"][1]["values"][0].size(), epoch.size());
}

TEST_F(SweepReport, EscapesWhatUsersName) {
  make("[[case]]\nname = '</script><b>'\n[[case]]\nname = '<!--\"&'\nset = { network.beta = 0.2 }\n", 1);
  const std::string html = page_text();
  for (const char* danger : {"</script><b>", "<!--"}) EXPECT_FALSE(holds(html, danger)) << danger;
  EXPECT_TRUE(holds(html, R"("\u003c/script\u003e\u003cb\u003e")"));
}

TEST_F(SweepReport, IsSelfContained) {
  make(two_axes, 2);
  std::string html = page_text();
  const std::size_t library = html.find("id=\"echarts\">");
  ASSERT_NE(library, html.npos);
  html.erase(library, html.find("</script>", library) - library);
  for (const char* outside : {"http://", "https://", "src=", "href=", "@import", "url("})
    EXPECT_FALSE(holds(html, outside)) << outside;
  EXPECT_TRUE(holds(html, "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"));
}

// A page of a thousand points opens at once, and can be sent by mail.
TEST_F(SweepReport, OfAThousandPointsTakesThreeSecondsAndFiveMegabytes) {
  make(R"(
seeds = [1, 2, 3, 4, 5]
[grid]
network.beta = [0.01, 0.02, 0.05, 0.1, 0.2]
learning.learning_rate = [1e-4, 1e-3, 1e-2, 0.1]
learning.difference = ['plain', 'layer-scaled']
[[case]]
name = 'narrow'
[[case]]
name = 'wide'
set = { network.hidden = [64, 8] }
[[case]]
name = 'deep'
set = { network.hidden = [8, 8, 8] }
[[case]]
name = 'residual'
set = { network.topology = 'residual' }
[[case]]
name = 'wider'
set = { network.hidden = [128, 8] }
)",
       20, {77, 501});
  ASSERT_EQ(read_reported_sweep(sweep_folder()).results.rows.size(), 1000u);
  const std::clock_t start = std::clock();
  write_sweep_report(sweep_folder(), page());
  const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("seconds", std::to_string(seconds));
  RecordProperty("bytes", std::to_string(fs::file_size(page())));
  EXPECT_LE(seconds, 3);
  EXPECT_LE(fs::file_size(page()), 5'000'000u);
}

TEST_F(SweepReport, NamesAFolderWithoutADatabase) {
  fs::create_directories(sweep_folder());
  const std::string error = message_of<InputError>([&] { write_sweep_report(sweep_folder(), page()); });
  EXPECT_TRUE(holds(error, sweep_folder().string())) << error;
  EXPECT_FALSE(holds(error, "\n")) << error;
  EXPECT_FALSE(fs::exists(page()));
}

}  // namespace
}  // namespace settle::sweep_report_test
