// `settle fit`: recorded pulses become a device that trains, and nothing is written over that it has not written.
#include <filesystem>
#include <sstream>

#include "tests/program/run_test.h"

namespace settle::fit_test {
namespace {

class Fit : public RunTest {
 protected:
  // Two devices of soft bounds, 60 pulses up and 60 down, twice: conductance after each pulse, from 1 to 20
  // microsiemens, or another unit of so many.
  static std::string recording(double unit = 1) {
    std::ostringstream rows;
    rows << "device,polarity,conductance_us\n";
    unsigned noise = 1;
    for (const double step : {0.05, 0.06})
      for (int cycle = 0, first = 1; cycle < 2; ++cycle)
        for (const char* way : {"up", "down"}) {
          static double g;
          if (first) g = 2;
          first = 0;
          for (int pulse = 0; pulse < 60; ++pulse) {
            noise = noise * 1664525u + 1013904223u;  // an even spread of +-10 % of a step
            const double some = 1 + 0.2 * (double(noise >> 8) / double(1u << 24) - 0.5);
            g += way[0] == 'u' ? step * (20 - g) * some : -step * (g - 1) * some;
            rows << (step < 0.055 ? "a" : "b") << "," << way << "," << g * unit << "\n";
          }
        }
    return rows.str();
  }
  const Words pulse = {"--pulse-v", "1.8", "--pulse-s", "1e-7", "--source", "a test"};
  Finished fit(Words words) const {
    words.insert(words.begin(), "fit");
    words.insert(words.end(), pulse.begin(), pulse.end());
    return settle(words);
  }
};

TEST_F(Fit, MakesADeviceThatTrains) {
  write("cells.csv", recording());
  const Finished run = fit({"cells.csv", "--response", "soft-bounds", "--out", "ours.toml"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(read("ours.toml").find("response = \"soft-bounds\""), std::string::npos) << read("ours.toml");
  EXPECT_NE(read("ours.html").find("<figure id=\"pulses\">"), std::string::npos);
  EXPECT_GT(read("ours-steps.csv").size(), 100u);
  train("run", {"device.file=ours.toml", "crossbar.mapping=reference-array"});
  EXPECT_GT(summary("run")["pulses_total"], 0);
  EXPECT_EQ(fit({"cells.csv", "--response", "soft bounds", "--out", "ours.toml"}).status, 0) << "its own files";
  std::string with_blank = read("ours.toml");
  with_blank.replace(with_blank.find("soft-bounds"), 11, "soft bounds");
  write("blank.toml", with_blank);
  EXPECT_EQ(
      settle({"check", "tiny.toml", "--set", "device.file=blank.toml", "--set", "crossbar.mapping=reference-array"})
          .status,
      0);
}

TEST_F(Fit, WritesOverNothingElse) {
  write("ours-steps.csv", recording());
  const Finished itself = fit({"ours-steps.csv", "--out", "ours.toml"});
  EXPECT_EQ(itself.status, 2);
  EXPECT_NE(itself.err.find("ours-steps.csv: is a recording"), std::string::npos) << itself.err;
  EXPECT_EQ(read("ours-steps.csv"), recording());
  write("cells.csv", recording());
  for (const char* mine : {"mine.toml", "mine.html", "mine-steps.csv"}) {
    write(mine, "mine\n");
    const Finished run = fit({"cells.csv", "--out", "mine.toml"});
    EXPECT_EQ(run.status, 2) << mine;
    EXPECT_NE(run.err.find(std::string(mine) + ": is there already"), std::string::npos) << run.err;
    EXPECT_EQ(read(mine), "mine\n");
    std::filesystem::remove(path(mine));
  }
}

// What an option says is read before the recording, which is not there.
TEST_F(Fit, RefusesOptionsBeforeItReads) {
  const struct {
    Words words;
    const char* mention;
  } wrong[] = {
      {{"--pulse-v", "nan", "--pulse-s", "1"}, "--pulse-v: takes one number from 0.001 to 100"},
      {{"--pulse-v", "3,2,1", "--pulse-s", "1"}, "LOW,NOMINAL,HIGH in ascending order; not 3,2,1"},
      {{"--pulse-v", "1,2", "--pulse-s", "1"}, "not 1,2"},
      {{"--pulse-v=-1.8", "--pulse-s", "1"}, "not -1.8"},
      {{"--pulse-v", "1e9"}, "--pulse-v: takes"},
      {{"--pulse-v", "1", "--pulse-s", "inf"}, "--pulse-s: takes one number from 1e-12 to 1,"},
      {{"--written", "gate", "--gate-capacitance-f", "0"}, "--gate-capacitance-f: takes"},
      {{"--response", "lineal"}, "--response: no response is called lineal"},
      {{"--conductance-min-siemens", "2e-6", "--conductance-max-siemens", "1e-6"},
       "must be below --conductance-max-siemens"},
  };
  for (const auto& [words, mention] : wrong) {
    Words line = {"fit", "none.csv"};
    line.insert(line.end(), words.begin(), words.end());
    const Finished run = settle(line);
    EXPECT_EQ(run.status, 2) << mention;
    EXPECT_NE(run.err.find(mention), std::string::npos) << run.err;
  }
}

// Conductances of femtosiemens, which no device file may have.
TEST_F(Fit, WritesNothingOfADeviceThatIsRefused) {
  write("cells.csv", recording(/*unit=*/1e-9));
  for (const char* response : {"soft-bounds", "table"}) {
    const Finished run = fit({"cells.csv", "--response", response, "--out", "new/ours.toml"});
    EXPECT_EQ(run.status, 2) << run.out;
    EXPECT_NE(run.err.find("no device can be made of it"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("conductance_max_siemens: must be a number from 1e-12"), std::string::npos) << run.err;
    EXPECT_FALSE(exists("new")) << response;
  }
}

TEST_F(Fit, MakesATableThatReadsBack) {
  write("cells.csv", recording());
  const Finished run = fit({"cells.csv", "--response", "table", "--out", "ours.toml"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(settle({"presets", "ours.toml"}).status, 0);
}

TEST_F(Fit, RefusesConductancesBelowZero) {
  std::string below = recording();
  below.insert(below.find('\n') + 1, "a,up,0\na,up,-2\n");
  write("below.csv", below);
  const Finished run = fit({"below.csv"});
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("below.csv:3: -2e-06 siemens is no conductance"), std::string::npos) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_FALSE(exists("below.html"));
}

TEST_F(Fit, RefusesARecordingThatIsNamedTwice) {
  write("cells.csv", recording());
  std::filesystem::create_symlink("cells.csv", path("link.csv"));
  for (const char* same : {"cells.csv", "./cells.csv", "link.csv"}) {
    const Finished run = fit({"cells.csv", same, "--out", "ours.toml"});
    EXPECT_EQ(run.status, 2) << same;
    EXPECT_NE(run.err.find(std::string(same) + ": is the same file as cells.csv"), std::string::npos) << run.err;
    EXPECT_FALSE(exists("ours.html")) << same;
  }
}

}  // namespace
}  // namespace settle::fit_test
