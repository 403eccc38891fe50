// The report of a small run folder that the test writes itself.
#include "src/report/report.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/data/csv.h"
#include "src/report/document.h"
#include "src/report/echarts.h"
#include "src/report/quantity.h"
#include "tests/src/temporary_folder.h"

namespace settle::report_test {
namespace {

namespace fs = std::filesystem;

constexpr const char* config = "[network]\ntopology = \"layered\"\n\n[device]\npreset = \"ideal\"  # <b>&\n";
constexpr const char* metrics_header =
    "epoch,train_loss,train_accuracy,test_loss,test_accuracy,seconds,simulated_second,energy_joule,pulses,"
    "free_steps_mean,clamped_steps_mean,free_settling_second,clamped_settling_second,spectral_radius_settled\n";
constexpr const char* costs =
    "section,phase,component,action,unit,count,energy_p5_joule,energy_nominal_joule,energy_p95_joule,source\n"
    "training,free,hidden1,array read,line reads,1000,1e-9,3e-9,9e-9,\"V^2 G t, \"\"from\"\" each device\"\n"
    "training,host,host,host update,parameters,20,5e-10,1e-9,2e-9,estimate\n"
    "inference,free,hidden1,array read,line reads,100,1e-10,2e-10,4e-10,estimate\n";
constexpr const char* summary = R"({
  "test_accuracy": {"best": 0.8765, "last": 0.8712}, "train_accuracy": 0.9, "epochs": 2,
  "seconds_per_epoch": [3, 5], "samples_per_second": 250.0,
  "energy_joule": {"per_inference": {"p5": 1e-12, "nominal": 2e-12, "p95": 4e-12},
                   "per_training_sample": {"p5": 1.5e-11, "nominal": 4e-11, "p95": 1.1e-10},
                   "total": {"p5": 1.6e-9, "nominal": 4.2e-9, "p95": 1.14e-8}},
  "phases": [{"section": "training", "phase": "free", "second": 1.5e-5, "joule": 3e-9},
             {"section": "training", "phase": "host", "second": 3e-5, "joule": 1e-9},
             {"section": "inference", "phase": "free", "second": 1e-5, "joule": 2e-10}],
  "latency_second": {"per_inference": 1.25e-7, "per_training_sample": 3e-7, "total": 0.5},
  "area_m2": {"p5": 1e-7, "nominal": 2.5e-7, "p95": 6e-7},
  "area": [{"component": "ADCs", "count": 7, "p5": 1e-7, "nominal": 2.5e-7, "p95": 6e-7}],
  "hangs_on": {"per_inference": [{"figure": "cost.adc_j", "low": 0.5, "high": 2}, {"figure": "chip.c_f", "low": 0.9999,
                                  "high": 1.0001}, {"figure": "device.pulse_v", "low": 0.8, "high": 1.2}],
               "area": [{"figure": "<cost.cell>", "low": 1.5, "high": 0.5}]},
  "figures": {"cost.adc_j": {"low": 3e-15, "nominal": 26e-15, "high": 149e-15, "unit": "J a conversion-step",
                             "evidence": "survey", "source": "Murmann & others", "node_nm": 0},
              "device.pulse_v": {"low": 1, "nominal": 2, "high": 3}},
  "merits": {"analog_joule_per_multiply_add": 3.33e-13, "peak_watt": 0.5},
  "noise": [{"population": "hidden<1>", "drive": 0.002, "hold": 0.001, "extra": 0, "total": 0.0022}],
  "design_rules": [{"rule": "current of a <line>", "where": "input_hidden1", "value": 5e-4, "limit": 4e-5, "unit": "A",
                    "broken": true, "remedy": "lower chip.read_v"},
                   {"rule": "droop", "where": "holds", "value": 0, "limit": 0.1, "unit": "", "broken": false}],
  "settling": {"free_steps_mean": 3.5, "clamped_steps_mean": 2.25},
  "spectral_radius": 1.2, "spectral_radius_settled": 0.02, "network": "3-2",
  "data": {"name": "cats & dogs", "train_samples": 100, "test_samples": 10},
  "confusion": [[4, 1], [0, 5]], "class_names": ["<cat>", "dog"], "interrupted": false
})";

/// A folder of runs and the report's place in it.
class Report : public testing::Test {
 protected:
  fs::path make_run(const std::string& name) const {
    const fs::path run = fs::path(folder.path()) / name;
    fs::create_directories(run);
    folder.write(name + "/config.toml", config);
    folder.write(name + "/metrics.csv", std::string(metrics_header) + "1,0.9,0.7,0.8,0.75,3,0.2,2e-9,10,3,2,,,0.01\n" +
                                            "2,0.5,0.9,0.6,0.8712,5,0.5,4.2e-9,20,3,2,,,0.02\n");
    folder.write(name + "/costs.csv", costs);
    folder.write(name + "/summary.json", summary);
    return run;
  }

  std::string report_of(const std::vector<fs::path>& runs) const {
    const fs::path html = fs::path(folder.path()) / "report.html";
    write_report(runs, html);
    std::ifstream file(html);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string error_of(const fs::path& run) const {
    return message_of<InputError>([&] { write_report({run}, fs::path(folder.path()) / "report.html"); });
  }

  TemporaryFolder folder;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

/// The page without the library inlined in it.
std::string without_library(std::string html) {
  const std::string start = "id=\"echarts\">";
  const std::size_t from = html.find(start);
  EXPECT_NE(from, html.npos);
  const std::size_t to = html.find("</script>", from);
  EXPECT_GT(to - from, 100000u) << "ECharts is not in it";
  return html.erase(from, to - from);
}

TEST_F(Report, ShowsTheFigures) {
  const std::string html = report_of({make_run("first")});
  for (const char* figure :
       {"87.65 %", "87.12 %", "2.00 pJ", "1.00 to 4.00 pJ", "40.0 pJ", "15.0 to 110 pJ", "125 ns", "300 ns", "500 ms",
        "0.25 mm²", "4.00 s", "3.5", "settles, because neurons saturate", "75.0 %", "V^2 G t, &quot;from&quot; each",
        "80.0 %", "3-2 on cats &amp; dogs, device ideal"}) {
    EXPECT_TRUE(contains(html, figure)) << figure;
  }
}

TEST_F(Report, GivesTheEnergyOfEachActionPerSample) {
  // array read takes 3 nJ of 4 nJ, and so 30 pJ of the 40 pJ of a training sample
  EXPECT_TRUE(contains(report_of({make_run("first")}), "<td class=\"n\">30.0 pJ</td>"));
}

// Percentiles of all of a run are in proportion to those of a sample: 40 pJ (15 to 110), 4 nJ.
TEST_F(Report, GivesTheRangeOfTheWhole) {
  EXPECT_TRUE(contains(report_of({make_run("first")}), "4.00 nJ<small>1.50 to 11.0 nJ</small>"));
}

// On an axis from 0.5 to 2 of the nominal figure, which is in its middle.
TEST_F(Report, ShowsWhatHeadlinesHangOn) {
  const std::string html = report_of({make_run("first")});
  for (const char* text : {"What energy and area hang on",
                           "cost.adc_j</code><small>2.6e-14 (3e-15 to 1.49e-13) J a conversion-step; survey: ",
                           "a conversion-step; survey: Murmann &amp; others</small>",
                           "left:0.00%;width:100.00%\"></i><b style=\"left:50.00%\">", "× 0.5<", "× 2<",
                           "&lt;cost.cell&gt;", "device.pulse_v</code><small>2 (1 to 3)</small>"})
    EXPECT_TRUE(contains(html, text)) << text;
  EXPECT_FALSE(contains(html, "chip.c_f")) << "has no effect";
}

TEST_F(Report, SaysWhetherItCouldBeBuilt) {
  const std::string html = report_of({make_run("first")});
  for (const char* text : {"Could it be built?", "current of a &lt;line&gt;<small>input_hidden1</small>", "0.0005 A",
                           "4e-05 A", "broken: lower chip.read_v", "kept", "500 mW", "hidden&lt;1&gt;", "0.0022"})
    EXPECT_TRUE(contains(html, text)) << text;
}

TEST_F(Report, JudgesOnlyWhatTheFilesTell) {
  // no ADC bits, no filamentary device
  const std::string html = report_of({make_run("first")});
  EXPECT_TRUE(contains(html, "333 fJ<small>plausible</small>"));
  EXPECT_EQ(times(html, "<small>plausible</small>"), 1u);
}

TEST_F(Report, IsSelfContained) {
  const std::string html = without_library(report_of({make_run("first")}));
  for (const char* outside : {"http://", "https://", "src=", "href=", "@import", "url("}) {
    EXPECT_FALSE(contains(html, outside)) << outside;
  }
}

TEST_F(Report, EscapesWhatUsersName) {
  const std::string html = report_of({make_run("<b>&\"x\"<"), make_run("other")});
  EXPECT_FALSE(contains(html, "<b>&\"x\""));
  EXPECT_TRUE(contains(html, "&lt;b&gt;&amp;&quot;x&quot;"));
  EXPECT_TRUE(contains(html, R"("name":"\u003cb\u003e\u0026\"x\"\u003c")"));
  EXPECT_TRUE(contains(html, "&lt;cat&gt;"));
  EXPECT_TRUE(contains(html, "# &lt;b&gt;&amp;"));
}

TEST_F(Report, TakesNamesThatAreNotUtf8) { EXPECT_TRUE(contains(report_of({make_run("caf\xe9")}), "caf\xe9")); }

TEST_F(Report, ComparesSeveralRuns) {
  const fs::path first = make_run("first");
  const fs::path second = make_run("second");
  folder.write("second/config.toml", "[network]\ntopology = \"layered\"\n\n[device]\npreset = \"ecram\"\n");
  const std::string html = report_of({first, second});
  EXPECT_TRUE(contains(html, "2 runs compared"));
  EXPECT_TRUE(contains(html, "<code>device.preset</code></th><td class=\"n\">ideal</td><td class=\"n\">ecram</td>"));
  EXPECT_FALSE(contains(html, "<code>network.topology</code>"));
  EXPECT_TRUE(contains(html, "\"name\":\"first\""));
  EXPECT_TRUE(contains(html, "\"name\":\"second\""));
}

TEST_F(Report, WritesSettingsThatDifferAsUsersDo) {
  const fs::path first = make_run("first");
  const fs::path second = make_run("second");
  folder.write("second/config.toml", std::string(config) + "[chip]\nwire_capacitance_f = [0.1, 0.3, 4.0]\n");
  const std::string html = report_of({first, second});
  EXPECT_TRUE(contains(
      html, "<code>chip.wire_capacitance_f</code></th><td class=\"n\">–</td><td class=\"n\">[0.1, 0.3, 4]</td>"));
}

TEST_F(Report, SaysWhenNotEverySampleSettled) {
  const fs::path run = make_run("first");
  folder.write("first/summary.json", R"({"spectral_radius_settled": 0.7, "settling": {"unsettled_fraction": 0.25}})");
  const std::string html = report_of({run});
  EXPECT_TRUE(contains(html, "25.00 %"));
  EXPECT_TRUE(contains(html, "not every phase settled"));
}

TEST_F(Report, TellsRunsOfOneNameApart) {
  const std::string html = report_of({make_run("a/run"), make_run("b/run")});
  EXPECT_TRUE(contains(html, "/a/run\",\"noise\"")) << "the name in the charts' data";
  EXPECT_TRUE(contains(html, "/b/run\",\"noise\""));
}

TEST_F(Report, ShowsDashesForWhatIsAbsent) {
  const fs::path run = make_run("interrupted");
  folder.write("interrupted/metrics.csv", metrics_header);
  folder.write("interrupted/summary.json", R"({"interrupted": true, "test_accuracy": null, "area": 3})");
  const std::string html = report_of({run});
  EXPECT_TRUE(contains(html, "No epoch was finished"));
  EXPECT_TRUE(contains(html, "interrupted was interrupted"));
  EXPECT_TRUE(contains(html, dash));
  const std::string page = without_library(html);
  EXPECT_FALSE(contains(page, ">nan")) << page;
  EXPECT_FALSE(contains(page, "nan J"));
}

TEST_F(Report, NamesAFolderThatIsNotThere) {
  const std::string error = error_of("/no/such/run");
  EXPECT_TRUE(contains(error, "/no/such/run: no such folder")) << error;
  EXPECT_TRUE(contains(error, "settle train")) << error;
}

TEST_F(Report, NamesAFileThatIsMissing) {
  for (const char* name : {"config.toml", "metrics.csv", "costs.csv", "summary.json"}) {
    const fs::path run = make_run("first");
    fs::remove(run / name);
    const std::string error = error_of(run);
    EXPECT_TRUE(contains(error, (run / name).string() + ": missing")) << error;
    EXPECT_FALSE(contains(error, "\n")) << error;
  }
}

TEST_F(Report, NamesAFileThatIsBroken) {
  const struct {
    const char* file;
    const char* text;
    const char* place;
  } broken[] = {{"summary.json", "{\n\"epochs\": ", "summary.json:2: not valid JSON"},
                {"summary.json", "[]", "summary.json: not a JSON object"},
                {"config.toml", "[network]\nbeta = = 3\n", "config.toml:2:"},
                {"metrics.csv", "", "metrics.csv:1: the file is empty"},
                {"metrics.csv", "epoch\n1\n", "metrics.csv:1: no column train_loss"},
                {"costs.csv", "section,component\ntraining\n", "costs.csv:2: 1 fields, but the header names 2"}};
  for (const auto& b : broken) {
    const fs::path run = make_run("first");
    folder.write(std::string("first/") + b.file, b.text);
    const std::string error = error_of(run);
    EXPECT_TRUE(contains(error, b.place)) << error;
    EXPECT_FALSE(contains(error, "\n")) << error;
  }
}

TEST_F(Report, NamesANumberThatIsNone) {
  const fs::path run = make_run("first");
  folder.write("first/metrics.csv", std::string(metrics_header) + "1,0.9,x,0.8,0.75,3,0.2,2e-9,10,3,2,,,0.01\n");
  EXPECT_TRUE(contains(error_of(run), "metrics.csv:2: `x` in column train_accuracy is not a number"));
}

// Pages are made where the library is not installed: it is a part of the program.
TEST_F(Report, HasTheLibraryInIt) {
  const std::string_view library = echarts();
  ASSERT_GT(library.size(), 100000u);
  EXPECT_EQ(library.substr(0, 2), "\x1f\x8b") << "gzip";
  EXPECT_TRUE(contains(document({"", "", {}, {}}), "H4sI")) << "the same in base 64";
}

TEST_F(Report, SaysWhereItCannotWrite) {
  const fs::path run = make_run("first");
  const std::string error = message_of<RunError>([&] { write_report({run}, "/no/such/folder/report.html"); });
  EXPECT_TRUE(contains(error, "/no/such/folder/report.html: cannot be written")) << error;
}

TEST(Csv, ReadsQuotedFields) {
  const CsvTable table("a,b\r\n\"1,\n\"\"2\"\"\",3\r\n", "t.csv");
  ASSERT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.text(0, "a"), "1,\n\"2\"");
  EXPECT_EQ(table.number(0, "b"), 3);
}

TEST(Quantity, UsesUnitsThatSuitTheSize) {
  EXPECT_EQ(joule(1.234e-12), "1.23 pJ");
  EXPECT_EQ(joule(9.996e-10), "1.00 nJ");
  EXPECT_EQ(joule(0.99951e-9), "1.00 nJ");
  EXPECT_EQ(joule(-2e-3), "-2.00 mJ");
  EXPECT_EQ(joule(0), "0 J");
  EXPECT_EQ(joule(std::nan("")), dash);
  EXPECT_EQ(second(7200), "2.00 h");
  EXPECT_EQ(square_metre(2e-12), "2 µm²");
  EXPECT_EQ(percent(0.12345), "12.35 %");
  EXPECT_EQ(count(1234567), "1.23 million");
  EXPECT_EQ(count(0.206), "0.21");
  EXPECT_EQ(count(10), "10");
  EXPECT_EQ(range({1e-12, 2e-12, 3e-9}, joule), "1.00 pJ to 3.00 nJ");
}

}  // namespace
}  // namespace settle::report_test
