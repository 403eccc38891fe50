// The commands that run nothing: config, check, presets, costs, report.
#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle::commands_test {
namespace {

TEST_F(RunTest, DefaultConfigurationParsesBack) {
  const Finished config = settle({"config"});
  ASSERT_EQ(config.status, 0);
  write("default.toml", config.out);
  const Finished check = settle({"check", "default.toml", "--set", "data.name=tiny", "--set", "data.path=data"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_NE(check.out.find("64-512-512-3"), std::string::npos) << check.out;
}

TEST_F(RunTest, DefaultConfigurationHasEveryKeyWithItsDefault) {
  const std::string defaults = settle({"config"}).out;
  train("run");
  std::istringstream lines(read("run/config.toml"));
  int keys = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line[0] == '#' || equals == std::string::npos) continue;
    EXPECT_NE(defaults.find("\n" + line.substr(0, equals + 3)), std::string::npos) << line;
    ++keys;
  }
  EXPECT_GT(keys, 40);
}

TEST_F(RunTest, CheckDescribesAndWritesNothing) {
  const Finished check = settle({"check", "tiny.toml"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_EQ(check.out, "tiny.toml is sound: 64-16-12-3 on tiny (600 training, 200 test samples in data)\n");
  EXPECT_EQ(check.err, "");
  EXPECT_FALSE(exists("runs"));
}

TEST_F(RunTest, PresetsAreAllListedWithTheirSource) {
  // The names come from elsewhere: what the configuration accepts.
  const std::string refusal = settle({"check", "tiny.toml", "--set", "device.preset=none"}).err;
  const auto first = refusal.find("one of ") + 7, last = refusal.find(", not ");
  std::string names = refusal.substr(first, last - first);
  for (char& c : names)
    if (c == ',') c = ' ';
  const std::string all = settle({"presets"}).out;
  std::istringstream words(names);
  int count = 0;
  for (std::string name; words >> name; ++count) {
    EXPECT_NE(all.find("\n" + name + " "), std::string::npos) << name << " is not listed";
    const Finished one = settle({"presets", name});
    EXPECT_EQ(one.status, 0);
    const auto source = one.out.find("\nsource ");
    ASSERT_NE(source, std::string::npos) << one.out;
    const auto start = one.out.find_first_not_of(' ', source + 8), end = one.out.find('\n', start);
    ASSERT_GT(end, start + 10) << name << " has no source";
    EXPECT_NE(all.find(one.out.substr(start, end - start)), std::string::npos) << name;
  }
  EXPECT_GE(count, 5);
}

// What a preset is noisy by is among the numbers that it shows, by their keys.
TEST_F(RunTest, PresetsShowTheirNoise) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> shown = {
      {"reram-es", {"write_noise", "75", "ctoc_shrinks", "1"}},
      {"reram-sb", {"write_noise", "56", "ctoc_shrinks", "0", "ends_at_nominal", "1"}},
      {"reram-om", {"write_noise", "1.4113", "ctoc_shrinks", "0", "reference_error", "0.05"}},
      {"reram-hfo2", {"write_noise", "0.5841", "ctoc_shrinks", "0", "reference_error", "0.05"}},
      {"capacitor", {"ctoc_shrinks", "0", "gamma_dtod", "0.01"}},
      {"ecram", {"ctoc_shrinks", "1", "gamma_dtod", "0.05"}},
      {"ecram-mo", {"ctoc_shrinks", "1", "gamma_dtod", "0.05"}},
      {"pcm-pair",
       {"ctoc_add", "0.042", "ctoc_slope", "0.108", "z_slope", "-1", "reset", "0.01", "reset_dtod", "0.02",
        "drift_spread", "-0.0059", "drift_spread_slope", "-0.0125", "drift_spread_low", "0.008", "drift_spread_high",
        "0.045"}}};
  for (const auto& [preset, numbers] : shown) {
    std::istringstream lines(settle({"presets", preset, "--plot"}).out);
    std::map<std::string, std::string> values;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string key, value;
      if (words >> key >> value) values.emplace(key, value);
    }
    for (std::size_t k = 0; k < numbers.size(); k += 2)
      EXPECT_EQ(values[numbers[k]], numbers[k + 1]) << preset << " " << numbers[k];
  }
}

// Every key of the sections chip and cost that takes three numbers.
TEST_F(RunTest, CostsAreAllListedWithTheirSource) {
  const Finished costs = settle({"costs"});
  EXPECT_EQ(costs.status, 0) << costs.err;
  EXPECT_EQ(costs.err, "");
  std::istringstream lines(settle({"config"}).out);
  int figures = 0;
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (line[0] == '[') section = line.substr(1, line.size() - 2);
    const auto equals = line.find(" = [");
    const std::set<std::string> with_figures = {"chip", "cost", "rules", "sense", "wire"};
    if (with_figures.count(section) == 0 || line[0] == '#' || equals == std::string::npos) continue;
    const auto at = costs.out.find("\n" + section + "." + line.substr(0, equals) + " ");
    ASSERT_NE(at, std::string::npos) << line;
    EXPECT_EQ(costs.out.compare(costs.out.find('\n', at + 1), 5, "\n    "), 0) << line << " has no source";
    ++figures;
  }
  EXPECT_GE(figures, 15);
  std::istringstream printed(costs.out);
  for (std::string line; std::getline(printed, line);) EXPECT_LE(line.size(), 120u) << line;
  EXPECT_NE(costs.out.find(std::to_string(figures) + " figures, 0 set by you"), std::string::npos) << costs.out;
}

TEST_F(RunTest, CostsMarksWhatTheConfigurationSets) {
  write("tiny.toml", std::string(tiny_configuration) + "\n[cost]\nhost_multiply_j = [1e-10, 3e-10, 5e-10]\n");
  const Words words = {"costs", "tiny.toml", "--set", "chip.wire_capacitance_f=1e-15", "--csv"};
  const Finished costs = settle(words);
  ASSERT_EQ(costs.status, 0) << costs.err;
  int set = 0, pulses = 0;
  for (const CsvRow& row : csv_rows(costs.out)) {
    const std::string& key = row.at("figure");
    EXPECT_EQ(row.at("set") == "true", key == "cost.host_multiply_j" || key == "chip.wire_capacitance_f") << key;
    set += row.at("set") == "true";
    pulses += key == "device.pulse_v" || key == "device.pulse_s";
    for (const char* text : {"unit", "evidence", "source"}) EXPECT_FALSE(row.at(text).empty()) << key << " " << text;
    if (key != "chip.wire_capacitance_f") continue;
    for (const char* bound : {"low", "nominal", "high"}) EXPECT_EQ(number(row, bound), 1e-15) << bound;
  }
  EXPECT_EQ(set, 2);
  EXPECT_EQ(pulses, 2) << "the preset's pulses are figures, too";
  const std::string table = settle({words.begin(), words.end() - 1}).out;
  EXPECT_NE(table.find("2 set by you"), std::string::npos) << table;
  EXPECT_NE(table.find("in place of 3e-13 (2.3e-13 to 1.5e-12)"), std::string::npos) << table;
}

TEST_F(RunTest, ReportComparesRuns) {
  train("quiet", {"run.epochs=1"});
  train("noisy", {"run.epochs=1", "neuron.noise=0.0625"});
  const Finished report = settle({"report", "quiet", "noisy", "--out", "both.html"});
  EXPECT_EQ(report.status, 0) << report.err;
  EXPECT_EQ(report.out, "both.html\n");
  const std::string page = read("both.html");
  for (const char* expected : {"quiet", "noisy", "0.0625", "</html>"})
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
}

TEST_F(RunTest, ReportWithoutOutRenewsTheRunsOwnPage) {
  train("run", {"run.epochs=1"});
  const std::string page = read("run/report.html");
  std::filesystem::remove(path("run/report.html"));
  EXPECT_EQ(settle({"report", "run"}).out, "run/report.html\n");
  EXPECT_EQ(read("run/report.html"), page);
}

TEST_F(RunTest, HelpNamesEveryCommand) {
  const Finished help = settle({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"train", "eval", "trace", "sweep", "report", "presets", "costs", "check", "config"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
    const Finished of_command = settle({command, "--help"});
    EXPECT_EQ(of_command.status, 0) << command;
    EXPECT_NE(of_command.out.find("--help"), std::string::npos) << command;
  }
}

}  // namespace
}  // namespace settle::commands_test
