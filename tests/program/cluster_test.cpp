// A sweep whose points are run elsewhere: by any scheduler's commands, and by a real Slurm where its daemons can start.
#include <csignal>

#include "tests/program/sweep_fixture.h"

namespace settle::cluster_test {
namespace {

constexpr const char* four_points = R"(
base = "tiny.toml"
seeds = [1, 2]
[set]
run.epochs = 1
[grid]
network.beta = [0.1, 0.01]
)";

class Cluster : public SweepTest {
 protected:
  /// The sweep on this machine, so many points at a time, into the folder "one" or "two".
  Words alone(int jobs) const {
    write("sweep.toml", four_points);
    return {"sweep", "sweep.toml", "--jobs", std::to_string(jobs), "--out", jobs == 1 ? "one" : "two"};
  }
};

TEST_F(Cluster, AnySchedulersWorkersFindTheSameBytes) {
  ASSERT_EQ(settle(alone(1)).status, 0);
  Words words = {"sweep",
                 "sweep.toml",
                 "--executor",
                 "command",
                 "--jobs",
                 "3",
                 "--out",
                 "many",
                 "--submit",
                 "i=0; while [ $i -lt {tasks} ]; do {script} >{log}/out-$i.txt 2>&1 & i=$((i+1)); done; "
                 "echo {tasks} > {log}/tasks; echo job-7 of mine"};
  const Finished run = settle(words);
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("submitted job job-7: 3 workers of 1 core"), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("database  many/results.db"), std::string::npos) << run.out;
  EXPECT_EQ(read("many/cluster/tasks"), "3\n");
  EXPECT_EQ(without_wall_clock(read("many/results.csv")), without_wall_clock(read("one/results.csv")));
  for (const char* point : {"001", "004"})
    EXPECT_EQ(read(std::string("many/points/") + point + "/checkpoint.h5"),
              read(std::string("one/points/") + point + "/checkpoint.h5"));
  EXPECT_FALSE(exists("many/cluster/job.json")) << "the job is over";

  // again: nothing is left, and nothing is submitted
  const Finished again = settle(words);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.err.find("submitted"), std::string::npos) << again.err;
}

TEST_F(Cluster, SaysWhatTheSchedulerSays) {
  write("sweep.toml", four_points);
  const Finished run = settle(
      {"sweep", "sweep.toml", "--executor", "command", "--out", "out", "--submit", "echo no such queue >&2; exit 3"});
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("command has refused the workers (status 3): no such queue"), std::string::npos) << run.err;
  const Finished wrong =
      settle({"sweep", "sweep.toml", "--executor", "command", "--out", "out", "--submit", "{scrip}"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.err.find("--submit: there is no {scrip} here; there are {cpus}, {log}, {script}, {tasks}"),
            std::string::npos)
      << wrong.err;
}

// A scheduler gets paths as words of a command: no options, whatever they are called.
TEST_F(Cluster, TheFolderMayBeCalledLikeAnOption) {
  write("sweep.toml", four_points);
  const Finished run = settle({"sweep", "sweep.toml", "--executor", "command", "--jobs", "1", "--out=-x", "--submit",
                               "sh {script} >{log}/out.txt 2>&1; ls {log} >{log}/list; echo 1"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(read("-x/cluster/list").find("worker.sh"), std::string::npos);
}

// Workers that die at once would be submitted for ever.
TEST_F(Cluster, GivesUpWhenJobAfterJobFinishesNothing) {
  write("sweep.toml", four_points);
  const Finished run = settle({"sweep", "sweep.toml", "--executor", "command", "--out", "out", "--submit",
                               "echo >> {log}/submissions; echo 1", "--alive", "true"});
  EXPECT_EQ(run.status, 1);
  EXPECT_NE(run.err.find("jobs in a row have finished no point; see their output in"), std::string::npos) << run.err;
  EXPECT_EQ(read("out/cluster/submissions"), "\n\n\n\n\n");
}

TEST_F(Cluster, OptionsOfOtherExecutorsAreRefused) {
  write("sweep.toml", four_points);
  const std::pair<Words, const char*> refused[] = {
      {{"--partition", "main"}, "--partition: has no effect without --executor slurm"},
      {{"--cpus-per-task", "2"}, "--cpus-per-task: has no effect without --executor"},
      {{"--executor", "slurm", "--submit", "x"}, "--submit: has no effect without --executor command"},
      {{"--executor", "command"}, "--executor command: say how"},
      {{"--executor", "command", "--submit", "x", "--worker"}, "--worker: is what an executor starts"}};
  for (const auto& [options, message] : refused) {
    Words words = {"sweep", "sweep.toml", "--out", "out"};
    words.insert(words.end(), options.begin(), options.end());
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
    EXPECT_FALSE(exists("out"));
  }
}

class Slurm : public Cluster {
 protected:
  /// `settle` with these words beside a Slurm of its own; nothing where its daemons cannot start.
  std::unique_ptr<Process> start_beside(Words words) const {
    words.insert(words.begin(), {SETTLE_SOURCE "/scripts/with-slurm", SETTLE_PROGRAM});
    return std::make_unique<Process>(words, path(""), Words{"SETTLE_DATA=", "LC_ALL=C"});
  }
  static constexpr int cannot_start = 77;
};

TEST_F(Slurm, AnArrayOfFourFindsTheSameBytes) {
  ASSERT_EQ(settle(alone(2)).status, 0);
  const Finished run = start_beside({"sweep", "sweep.toml", "--executor", "slurm", "--jobs", "4", "--partition", "main",
                                     "--time", "5", "--out", "array"})
                           ->wait();
  if (run.status == cannot_start) GTEST_SKIP() << run.err;
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("4 workers of 1 core"), std::string::npos) << run.err;
  EXPECT_EQ(without_wall_clock(read("array/results.csv")), without_wall_clock(read("two/results.csv")));
  EXPECT_EQ(read("array/points/003/checkpoint.h5"), read("two/points/003/checkpoint.h5"));
}

// Ctrl-C ends the job: what runs is saved and given back, and the same command goes on.
TEST_F(Slurm, IsCancelledAndGoesOn) {
  std::string text = four_points;
  text.replace(text.find("run.epochs = 1"), 14, "run.epochs = 300");
  write("sweep.toml", text);
  const Words words = {"sweep", "sweep.toml", "--executor", "slurm", "--jobs", "1", "--out", "array"};
  const auto begun = start_beside(words);
  if (!begun->wait_for_err("1 running")) {
    const Finished run = begun->wait();
    if (run.status == cannot_start) GTEST_SKIP() << run.err;
    FAIL() << run.err;
  }
  begun->send(SIGTERM);
  const Finished cut = begun->wait();
  EXPECT_EQ(cut.status, 130) << cut.err;
  EXPECT_NE(cut.err.find("cancelling job"), std::string::npos) << cut.err;
  EXPECT_EQ(value("SELECT count(*) FROM points WHERE state = 'running'", "array"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM points WHERE state = 'failed'", "array"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM points WHERE state = 'cut off'", "array"), "1");
}

}  // namespace
}  // namespace settle::cluster_test
