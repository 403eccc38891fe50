#include "src/data/pulse_recording.h"

#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "tests/src/temporary_folder.h"

namespace settle::pulse_recording_test {
namespace {

// A device that goes from 1 to 2 uS in ten steps and back.
double course(int k) { return (k < 10 ? 1 + 0.1 * (k + 1) : 2 - 0.1 * (k - 9)) * 1e-6; }

std::string rows(const std::string& header, int devices, int cycles, double unit, bool named) {
  std::string text = header + "\n";
  for (int d = 1; d <= devices; ++d)
    for (int c = 1; c <= cycles; ++c)
      for (int k = 0; k < 20; ++k) {
        if (named) text += fmt::format("{},{},{},", d, c, k < 10 ? "LTP" : "LTD");
        text += fmt::format("{:g}\n", course(k) / unit);
      }
  return text;
}

PulseRecords read(const std::vector<std::string>& texts, double read_v = 0) {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  for (const std::string& text : texts) paths.push_back(folder.write(fmt::format("r{}.csv", paths.size()), text));
  return read_pulse_recordings(paths, read_v);
}

std::string error(const std::string& text, double read_v = 0) {
  return message_of<InputError>([&] { read({text}, read_v); });
}

void expect_course(const PulseRecord& r) {
  ASSERT_EQ(r.siemens.size(), 20u);
  ASSERT_EQ(r.direction.size(), 20u);
  for (int k = 0; k < 20; ++k) {
    EXPECT_NEAR(r.siemens[std::size_t(k)], course(k), 1e-11) << k;
    EXPECT_EQ(r.direction[std::size_t(k)], k < 10 ? 1 : -1) << k;
  }
}

TEST(PulseRecording, ReadsRowsOfDevicesAndCycles) {
  const PulseRecords records = read({rows("Device,Cycle,Type,Conductance (\xc2\xb5S)", 2, 3, 1e-6, true)});
  ASSERT_EQ(records.size(), 6u);
  EXPECT_EQ(records[0].device, "1");
  EXPECT_EQ(records[5].device, "2");
  for (const PulseRecord& r : records) expect_course(r);
}

TEST(PulseRecording, ReadsOneColumnInManyUnits) {
  for (const auto& [header, unit] :
       {std::pair{"G", 1.0}, {"conductance_us", 1e-6}, {"Conductance [nS]", 1e-9}, {"g_siemens", 1.0}})
    expect_course(read({rows(header, 1, 1, unit, false)}).at(0));
  std::string resistance = "R (kOhm)\n", current = "I (nA)\n";
  for (int k = 0; k < 20; ++k) {
    resistance += fmt::format("{:.12g}\n", 1e-3 / course(k));
    current += fmt::format("{:.12g}\n", course(k) * 0.1 * 1e9);
  }
  expect_course(read({resistance}).at(0));
  expect_course(read({current}, 0.1).at(0));
  EXPECT_NE(error(current).find("--read-v"), std::string::npos);
}

TEST(PulseRecording, ReadsColumnsOfDevicesAndOfCycles) {
  std::string devices = "pulse;G1 (uS);G2 (uS)\n", cycles = "n\tcycle 1 (uS)\tcycle 2 (uS)\n",
              halves = "LTP (uS),LTD (uS)\n";
  for (int k = 0; k < 20; ++k) {
    devices += fmt::format("{0};{1:g};{1:g}\n", k, course(k) * 1e6);
    cycles += fmt::format("{0}\t{1:g}\t{1:g}\n", k, course(k) * 1e6);
    if (k < 10) halves += fmt::format("{:g},{:g}\n", course(k) * 1e6, course(k + 10) * 1e6);
  }
  const PulseRecords two = read({devices}), one = read({cycles}), half = read({halves});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_NE(two[0].device, two[1].device);
  ASSERT_EQ(one.size(), 2u);
  EXPECT_EQ(one[0].device, one[1].device);
  ASSERT_EQ(half.size(), 1u);
  for (const PulseRecords& all : {two, one, half})
    for (const PulseRecord& r : all) expect_course(r);
}

TEST(PulseRecording, FilesAreDevicesOfTheirOwn) {
  const std::string text = rows("conductance_us", 1, 1, 1e-6, false);
  const PulseRecords records = read({text, text});
  ASSERT_EQ(records.size(), 2u);
  EXPECT_NE(records[0].device, records[1].device);
}

TEST(PulseRecording, FilesOfOneNameInTwoFoldersAreTwoDevices) {
  const std::string text = rows("conductance_us", 1, 1, 1e-6, false);
  const TemporaryFolder folder;
  for (const char* inner : {"first", "second"}) std::filesystem::create_directory(folder.path() + "/" + inner);
  const std::vector<std::string> paths = {folder.write("first/cell.csv", text), folder.write("second/cell.csv", text),
                                          folder.write("second/other.csv", text)};
  const PulseRecords records = read_pulse_recordings(paths, 0);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].device, paths[0]);
  EXPECT_EQ(records[1].device, paths[1]);
  EXPECT_EQ(records[2].device, "other");
}

TEST(PulseRecording, VoltagesSayTheDirection) {
  std::string text = "pulse voltage (V),G (uS)\n";
  for (int k = 0; k < 20; ++k) text += fmt::format("{},{:g}\n", k < 10 ? 1.5 : -1.2, course(k) * 1e6);
  expect_course(read({text}).at(0));
}

// Several cycles in one column, with noise: turns lie where pulses turn, not where noise is highest.
TEST(PulseRecording, FindsTurnsInNoise) {
  std::vector<double> g;
  for (int k = 0; k < 400; ++k) {
    const int in_cycle = k % 100;
    const double smooth = in_cycle < 50 ? 1 - std::exp(-in_cycle / 10.0) : std::exp(-(in_cycle - 50) / 10.0);
    g.push_back(smooth + 0.02 * std::sin(12.9898 * k));
  }
  const std::vector<int> directions = directions_of(g);
  for (int k = 0; k < 400; ++k) EXPECT_EQ(directions[std::size_t(k)], k % 100 < 50 ? 1 : -1) << k;
}

TEST(PulseRecording, TakesAConductanceOfZero) {
  EXPECT_EQ(read({"conductance_us\n0\n1\n"}).at(0).siemens, (std::vector<double>{0, 1e-6}));
}

TEST(PulseRecording, RefusesAFileThatIsNamedTwice) {
  const TemporaryFolder folder;
  const std::string path = folder.write("cell.csv", rows("conductance_us", 1, 1, 1e-6, false)),
                    other_way = folder.path() + "/./cell.csv";
  const std::string message = message_of<InputError>([&] { read_pulse_recordings({path, other_way}, 0); });
  EXPECT_EQ(message, other_way + ": is the same file as " + path + ", and would count twice; name each recording once");
}

TEST(PulseRecordingErrors, NameWhatIsWrong) {
  EXPECT_NE(error("time,temperature\n1,2\n").find("no column conductance_siemens; expected a header such as"),
            std::string::npos);
  EXPECT_NE(error("conductance\n5\n6\n").find("conductance_us"), std::string::npos);
  EXPECT_NE(error("polarity,conductance_us\nsideways,5\n").find("`sideways`"), std::string::npos);
  EXPECT_NE(error("conductance_us\nx\n").find(":2: `x`"), std::string::npos);
  EXPECT_NE(error("conductance_us\n").find("no readings"), std::string::npos);
  EXPECT_NE(error("conductance_us\n0\n-1e-3\n").find(":3: -1e-09 siemens is no conductance: none is below 0"),
            std::string::npos);
  EXPECT_NE(error("resistance_kohm\n1\n-5\n").find(":3: "), std::string::npos);
}

}  // namespace
}  // namespace settle::pulse_recording_test
