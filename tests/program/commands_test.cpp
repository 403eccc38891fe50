// The commands that run nothing: config, check, presets, report.
#include <sstream>

#include "tests/program/run_test.h"

namespace settle {
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
  const Finished check = settle({"check", "tiny.toml", "--out", "out"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_EQ(check.out, "tiny.toml is sound: 64-16-12-3 on tiny (600 training, 200 test samples in data)\n");
  EXPECT_EQ(check.err, "");
  EXPECT_FALSE(exists("out"));
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
  for (const char* command : {"train", "eval", "trace", "sweep", "report", "presets", "check", "config"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
    const Finished of_command = settle({command, "--help"});
    EXPECT_EQ(of_command.status, 0) << command;
    EXPECT_NE(of_command.out.find("--help"), std::string::npos) << command;
  }
}

}  // namespace
}  // namespace settle
