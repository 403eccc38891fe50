// Runs whose terminal is closed, whose log's disk is full, or whose reader has ended: they go on, or save what they
// have.
#include <csignal>

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/program/run_test.h"

namespace settle::nobody_watches_test {
namespace {

class NobodyWatches : public RunTest {
 protected:
  Finished bash(const std::string& command) const {
    return Process({"/bin/bash", "-c", command}, path(""), {"SETTLE_DATA=", "LC_ALL=C", "PROGRAM=" SETTLE_PROGRAM})
        .wait();
  }

  /// Trains in a terminal that is closed in the midst of it; returns its exit status, or 128 + a signal. `hangup` is
  /// what it does on SIGHUP when it begins: nohup has it ignored.
  int train_in_a_closed_terminal(sighandler_t hangup) const {
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      std::signal(SIGHUP, hangup);
      if (::chdir(path("").c_str()) != 0) std::_Exit(99);
      ::execl(SETTLE_PROGRAM, "settle", "train", "tiny.toml", "--out", "run", "--set", "run.epochs=40", nullptr);
      std::_Exit(99);
    }
    std::string text;
    char bytes[256];
    while (text.find("epoch  2/40  loss") == std::string::npos) {
      const ssize_t count = ::read(terminal, bytes, sizeof bytes);
      if (count <= 0) break;
      text.append(bytes, std::size_t(count));
    }
    EXPECT_NE(text.find("epoch  2/40  loss"), std::string::npos) << text;
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
};

TEST_F(NobodyWatches, StandardErrorThatCannotBeWritten) {
  for (const char* where : {"2>/dev/full", "2>&-"}) {
    const Finished run = bash(std::string("exec $PROGRAM train tiny.toml --out run ") + where);
    EXPECT_EQ(run.status, 0) << where;
    EXPECT_NE(run.out.find("report    run/report.html"), std::string::npos) << where << run.out;
    std::filesystem::remove_all(path("run"));
    EXPECT_EQ(bash(std::string("exec $PROGRAM train tiny.toml --set network.beta=-1 ") + where).status, 2) << where;
    EXPECT_EQ(bash(std::string("exec $PROGRAM nope ") + where).status, 2) << where;
  }
}

// Files of ours must not get the numbers of what is closed: tables would be written into them.
TEST_F(NobodyWatches, NothingIsOpen) {
  train("open");
  EXPECT_EQ(bash("exec $PROGRAM train tiny.toml --out closed <&- >&- 2>&-").status, 1) << "standard output is no more";
  EXPECT_TRUE(read("open/checkpoint.h5") == read("closed/checkpoint.h5"));
  EXPECT_EQ(read("open/costs.csv"), read("closed/costs.csv"));
}

TEST_F(NobodyWatches, StandardOutputThatCannotBeWritten) {
  for (const char* command : {"config", "costs --csv", "presets", "train tiny.toml --out run"}) {
    const Finished run = bash("exec $PROGRAM " + std::string(command) + " >/dev/full");
    EXPECT_EQ(run.status, 1) << command;
    EXPECT_NE(run.err.find("standard output cannot be written"), std::string::npos) << command << run.err;
    EXPECT_EQ(run.err.find("a bug in settle"), std::string::npos) << command << run.err;
  }
  EXPECT_TRUE(exists("run/summary.json"));
}

// As `settle train ... 2>&1 | head` or a `tee` that Ctrl-C ends too.
TEST_F(NobodyWatches, TheReaderEndsFirst) {
  const Finished run =
      bash("$PROGRAM train tiny.toml --out run --set run.epochs=20 2>&1 >out.txt | head -1; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(exists("run/summary.json"));
}

TEST_F(NobodyWatches, AClosedTerminalHasTheRunSaved) {
  EXPECT_EQ(train_in_a_closed_terminal(SIG_DFL), 130);
  EXPECT_TRUE(exists("run/checkpoint.h5"));
  EXPECT_EQ(settle({"train", "--resume", "run"}).status, 0);
  train("whole", {"run.epochs=40"});
  EXPECT_TRUE(read("whole/checkpoint.h5") == read("run/checkpoint.h5"));
}

TEST_F(NobodyWatches, ARunThatIgnoresTheHangupGoesOn) {
  EXPECT_EQ(train_in_a_closed_terminal(SIG_IGN), 1) << "its table cannot be printed";
  EXPECT_EQ(summary("run")["epochs"], 40);
  EXPECT_TRUE(exists("run/report.html"));
}

}  // namespace
}  // namespace settle::nobody_watches_test
