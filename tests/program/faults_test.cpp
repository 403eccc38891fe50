// What goes wrong around a run: it ends with one clear line, and nothing is lost. More of it is in resume_test.cpp
// (folder removed, data set lost, signals) and together_test.cpp (two in one folder).
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "tests/program/csv_table.h"
#include "tests/program/run_files.h"

namespace settle::faults_test {
namespace {

class Faults : public RunFilesTest {
 protected:
  Finished shell(const std::string& command) const {
    return Process({"/bin/sh", "-c", command}, path(""), {"SETTLE_DATA=", "LC_ALL=C"}).wait();
  }

  /// Whether we may mount, in a name space of our own.
  bool can_mount() const {
    return shell("unshare -m mount -t tmpfs none " + path("data/..") + " 2>/dev/null").status == 0;
  }

  /// The same command in a name space of its own, after these mounts.
  Finished mounted(const std::string& mounts, const std::string& command) const {
    return shell("exec unshare -m sh -c '" + mounts + " || exit 99; " + command + "'");
  }

  static void expect_one_line(const Finished& run, int status, const std::string& mentions) {
    EXPECT_EQ(run.status, status) << run.err;
    const auto at = run.err.find("settle: ");
    ASSERT_NE(at, std::string::npos) << run.err;
    EXPECT_EQ(run.err.find('\n', at), run.err.size() - 1) << run.err;
    EXPECT_NE(run.err.find(mentions, at), std::string::npos) << run.err;
    EXPECT_EQ(run.err.find("a bug in settle"), std::string::npos) << run.err;
  }

  /// The child of a process whose command line has this word; waits for it. -1: none came.
  static pid_t child_of(const Process& parent, const std::string& word) {
    for (int tries = 0; tries < 10000; ++tries) {
      for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string folder = entry.path().string(), status = bytes_of(folder + "/status");
        if (status.find("\nPPid:\t" + std::to_string(parent.id()) + "\n") == std::string::npos) continue;
        if (bytes_of(folder + "/cmdline").find(word) != std::string::npos)
          return pid_t(std::stoi(entry.path().filename().string()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return -1;
  }
};

const std::string program = SETTLE_PROGRAM;

TEST_F(Faults, AFullDiskEndsARunAndKeepsItsLastCheckpoint) {
  if (!can_mount()) GTEST_SKIP() << "mounting is not allowed here";
  train("whole", {"run.epochs=30"});
  std::filesystem::create_directory(path("disk"));
  std::filesystem::create_directory(path("kept"));
  // what else is on the disk leaves room for the first files of the run alone
  const Finished run = mounted(
      "mount -t tmpfs -o size=1m none disk",
      program +
          " train tiny.toml --out disk/run --set run.epochs=30 --set run.checkpoint_minutes=0 2> err.txt & id=$!; "
          "while kill -0 $id 2> /dev/null && ! test -e disk/run/metrics.csv; do sleep 0.01; done; "
          "head -c 1000000 /dev/zero > disk/rest 2> /dev/null; wait $id; status=$?; cat err.txt >&2; rm disk/rest; "
          "cp -r disk/run kept; exit $status");
  expect_one_line(run, 1, "cannot be written");
  std::filesystem::rename(path("kept/run"), path("run"));
  EXPECT_EQ(settle({"train", "--resume", "run"}).status, 0);
  EXPECT_TRUE(read("run/checkpoint.h5") == read("whole/checkpoint.h5"));
}

TEST_F(Faults, AFileThatMayNotGrowEndsARunInOneLine) {
  for (const char* blocks : {"1", "8", "40"}) {  // of 512 bytes
    SCOPED_TRACE(blocks);
    std::filesystem::remove_all(path("run"));
    const Finished run = shell(std::string("ulimit -f ") + blocks + "; exec " + program + " train tiny.toml --out run");
    expect_one_line(run, 1, "cannot be written");
  }
}

TEST_F(Faults, AReadOnlyDiskIsRefusedBeforeAnythingIsDone) {
  if (!can_mount()) GTEST_SKIP() << "mounting is not allowed here";
  train("run", {"run.epochs=1"});
  std::filesystem::remove(path("run/summary.json"));
  std::filesystem::create_directory(path("disk"));
  const std::string read_only = "mount --bind . disk && mount -o remount,bind,ro disk";
  expect_one_line(mounted(read_only, "exec " + program + " train tiny.toml --out disk/new"), 2,
                  "disk/new: cannot write");
  expect_one_line(mounted(read_only, "exec " + program + " train --resume disk/run"), 2, "disk/run: cannot write");
  EXPECT_FALSE(exists("new"));
}

// What needs more than it may have ends before, or in one line; never by a signal or as a bug.
TEST_F(Faults, ALimitOfMemoryEndsInOneLine) {
  int ended = 0;
  for (int mebibytes = 100; mebibytes <= 700; mebibytes += 100) {
    SCOPED_TRACE(mebibytes);
    std::filesystem::remove_all(path("run"));
    const Finished run = shell("ulimit -v " + std::to_string(mebibytes * 1024) + "; exec " + program +
                               " train tiny.toml --out run --set network.hidden=[3000,3000] --set run.epochs=1 "
                               "--set data.train_limit=40 --set data.test_limit=20 --threads 2");
    if (run.status == 0) continue;
    ++ended;
    EXPECT_TRUE(run.status == 1 || run.status == 2 || run.status == 127) << run.status;  // 127: it cannot be loaded
    if (run.status == 127) continue;
    expect_one_line(run, run.status, "memory");
  }
  EXPECT_GT(ended, 0);
}

// SystemC counts 5 h in femtoseconds. What was done before stands.
TEST_F(Faults, ASimulationThatIsTooLongEndsBeforeItsTimeWraps) {
  const Finished run =
      settle({"train", "tiny.toml", "--out", "run", "--set", "device.pulse_s=1", "--set", "run.epochs=50"});
  expect_one_line(run, 1, "simulated time");
  const auto rows = csv_rows(read("run/metrics.csv"));
  ASSERT_FALSE(rows.empty());
  EXPECT_LT(number(rows.back(), "simulated_second"), 18446);
  EXPECT_EQ(settle({"eval", "run"}).status, 0);
}

TEST_F(Faults, AHomeIsNotNeeded) {
  for (const char* home : {"env -u HOME", "env HOME=", "env HOME=/proc/nowhere"}) {
    std::filesystem::remove_all(path("run"));
    const Finished run = shell(std::string("exec ") + home + " " + program + " train tiny.toml --out run");
    EXPECT_EQ(run.status, 0) << home << run.err;
  }
}

TEST_F(Faults, AKilledPointOfASweepIsRecordedAndTheOthersGoOn) {
  write("sweep.toml",
        "base = \"tiny.toml\"\n[[case]]\nname = \"long\"\nset = { run.epochs = 100000 }\n[[case]]\nname = "
        "\"short\"\n[set]\nrun.epochs = 1\n");
  const auto sweep = start({"sweep", "sweep.toml", "--out", "out", "--jobs", "1"});
  const pid_t point = child_of(*sweep, "points/001");
  ASSERT_GT(point, 0);
  kill(point, SIGKILL);
  const Finished end = sweep->wait();
  EXPECT_EQ(end.status, 1) << end.err;
  EXPECT_NE(end.err.find("settle: point 001 (long"), std::string::npos) << end.err;
  const auto rows = csv_rows(read("out/results.csv"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NE(end.err.find("ended by signal 9"), std::string::npos) << end.err;
  EXPECT_FALSE(rows[1].at("test_accuracy_last").empty());
}

TEST_F(Faults, AKilledWaveformLeavesTheRunWhole) {
  const auto run = start({"train", "tiny.toml", "--out", "run", "--set", "trace.samples=50", "--set",
                          "settling.analysis=transient", "--set", "settling.time_step_s=1e-10", "--set", "run.epochs=1",
                          "--set", "data.train_limit=60", "--set", "data.test_limit=20"});
  const pid_t trace = child_of(*run, "trace");
  ASSERT_GT(trace, 0);
  kill(trace, SIGKILL);
  expect_one_line(run->wait(), 1, "the run is complete, but its waveform could not be written");
  EXPECT_EQ(summary("run")["interrupted"], false);
  EXPECT_EQ(settle({"eval", "run"}).status, 0);
  EXPECT_EQ(settle({"train", "--resume", "run"}).status, 0) << "makes the waveform";
  EXPECT_TRUE(exists("run/trace.vcd"));
}

TEST_F(Faults, ASignalEndsTheWaveformToo) {
  const auto run = start({"train", "tiny.toml", "--out", "run", "--set", "trace.samples=50", "--set",
                          "settling.analysis=transient", "--set", "settling.time_step_s=1e-10", "--set", "run.epochs=1",
                          "--set", "data.train_limit=60", "--set", "data.test_limit=20"});
  const pid_t trace = child_of(*run, "trace");
  ASSERT_GT(trace, 0);
  run->send(SIGTERM);
  EXPECT_EQ(run->wait().status, 130);
  EXPECT_NE(kill(trace, 0), 0) << "it is left alone";
}

}  // namespace
}  // namespace settle::faults_test
