// GTKWave itself opens what the program has written, by the command that it prints.
#include <csignal>
#include <cstdlib>
#include <thread>

#include "tests/program/run_test.h"
#include "tests/program/waveform.h"

namespace settle::viewer_test {
namespace {

// The command that was printed, after "gtkwave".
std::string printed_command(const std::string& out) {
  const auto start = out.find("gtkwave ");
  return start == std::string::npos ? "" : out.substr(start, out.find('\n', start) - start);
}

class Viewer : public RunTest {
 protected:
  void SetUp() override {
    if (std::system("command -v gtkwave Xvfb >/dev/null") != 0)
      GTEST_SKIP() << "gtkwave or Xvfb is missing: apt install gtkwave xvfb";
    std::filesystem::create_directory(path("display"));
    display_ = std::make_unique<Process>(Words{"/bin/sh", "-c", "exec Xvfb -displayfd 1 -screen 0 1280x1024x24"},
                                         path("display"));
    for (int i = 0; i < 1000 && read("display/stdout.txt").find('\n') == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_NE(read("display/stdout.txt"), "") << "no display";
    write("loaded.tcl",
          "set f [open $::env(LOADED) w]\n"
          "puts $f \"[gtkwave::getNumFacs] [gtkwave::getTotalNumTraces] [file exists [gtkwave::getDumpFileName]]\"\n"
          "for {set i 0} {$i < [gtkwave::getTotalNumTraces]} {incr i} {puts $f [gtkwave::getTraceNameFromIndex $i]}\n"
          "close $f\n"
          "gtkwave::/File/Quit\n");
  }

  /// GTKWave's view after `command` was given in `folder`: the number of signals of the waveform, the number of rows,
  /// then the rows.
  std::string shown_by(const std::string& command, const std::string& folder) const {
    std::string number = read("display/stdout.txt");
    number.erase(number.find('\n'));
    std::filesystem::remove(path("loaded.txt"));
    Process viewer({"/bin/sh", "-c", command + " --script " + path("loaded.tcl")}, folder,
                   {"DISPLAY=:" + number, "HOME=" + path(""), "LOADED=" + path("loaded.txt")});
    const Finished run = viewer.wait();
    return exists("loaded.txt") ? read("loaded.txt") : run.out + run.err;
  }

  /// The signals of `run` are there, and the rows of the save file.
  void expect_opens(const std::string& command, const std::string& folder, std::size_t signals) const {
    const std::string shown = shown_by(command, folder);
    EXPECT_EQ(shown.rfind(std::to_string(signals) + " ", 0), 0u) << command << " in " << folder << "\n" << shown;
    for (const char* row : {"now", "v0", "dv0", "energy_j", "logit2"})
      EXPECT_NE(shown.find(std::string("\n") + row + "\n"), std::string::npos) << row << "\n" << shown;
  }

  std::unique_ptr<Process> display_;
};

class ViewerOf : public Viewer, public testing::WithParamInterface<const char*> {};

TEST_P(ViewerOf, OpensFromWhereItWasPrintedAndElsewhere) {
  const std::string format = GetParam();
  const Finished run = settle({"trace", "tiny.toml", "--samples", "1", "--out", "Ada's runs/1", "--format", format});
  ASSERT_EQ(run.status, 0) << run.err;
  settle({"trace", "tiny.toml", "--samples", "1", "--out", "plain"});
  const std::size_t signals = vcd_names(read("plain/trace.vcd")).size();
  expect_opens(printed_command(run.out), path(""), signals);
  expect_opens("gtkwave trace.gtkw", path("Ada's runs/1"), signals);
  std::filesystem::create_directories(path("elsewhere/deep"));
  std::filesystem::rename(path("Ada's runs/1"), path("elsewhere/deep/moved"));
  expect_opens("gtkwave deep/moved/trace.gtkw", path("elsewhere"), signals);
  expect_opens("gtkwave " + path("elsewhere/deep/moved/trace.gtkw"), "/", signals);
}

INSTANTIATE_TEST_SUITE_P(Formats, ViewerOf, testing::Values("vcd", "fst"),
                         [](const auto& format) { return std::string(format.param); });

TEST_F(Viewer, OpensWhatTrainHasPrinted) {
  const Finished run = train("runs/one", {"trace.samples=1", "run.epochs=1"});
  expect_opens(printed_command(run.out), path(""), vcd_names(read("runs/one/trace.vcd")).size());
}

}  // namespace
}  // namespace settle::viewer_test
