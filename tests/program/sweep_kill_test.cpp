// A sweep whose processes are killed at random moments, and one that several processes share: no point is lost, none is
// done twice, and the tables are those of an unbroken sweep.
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/program/sweep_fixture.h"

namespace settle::sweep_kill_test {
namespace {

constexpr const char* eight_points = R"(
base = "tiny.toml"
seeds = [1, 2, 3, 4]
[set]
run.epochs = 6
run.checkpoint_minutes = 1e-5
[grid]
network.beta = [0.05, 0.1]
)";

// 3 in the suite; more where SETTLE_KILLS says so (scripts/ci-long).
int kills() {
  const char* wanted = std::getenv("SETTLE_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 3;
}

class SweepKilled : public SweepTest {
 protected:
  double seconds_of_an_unbroken_sweep() {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(settle(sweep_of(eight_points, {"--jobs", "2"})).status, 0);
    whole_ = without_wall_clock(read("out/results.csv"));
    std::filesystem::rename(path("out"), path("whole"));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  /// Points that are done, each with how often it was begun.
  std::map<int, int> attempts_of_done() const {
    std::map<int, int> all;
    if (!exists("out/results.db")) return all;
    SQLite::Database database(path("out/results.db"), SQLite::OPEN_READWRITE,
                              10000);  // a journal may have to be undone
    if (database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) return all;
    SQLite::Statement done(database, "SELECT point, attempt FROM points WHERE state = 'done'");
    while (done.executeStep()) all[done.getColumn(0).getInt()] = done.getColumn(1).getInt();
    return all;
  }

  void expect_the_whole() const {
    EXPECT_EQ(value("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(value("SELECT count(*) FROM points WHERE state = 'done'"), "8");
    EXPECT_EQ(value("SELECT count(*) FROM epochs"), "48");
    EXPECT_EQ(value("SELECT count(*) FROM costs"), value("SELECT count(*) FROM costs", "whole"));
    EXPECT_EQ(without_wall_clock(read("out/results.csv")), whole_);
  }

  std::string whole_;
};

TEST_F(SweepKilled, EndsAsIfNothingHadHappened) {
  const double whole_s = seconds_of_an_unbroken_sweep();
  std::mt19937 random(17);
  std::uniform_real_distribution<double> moment(0, whole_s);
  for (int kill = 0; kill < kills(); ++kill) {
    SCOPED_TRACE(kill);
    std::filesystem::remove_all(path("out"));
    std::map<int, int> done_before;
    for (const double after_s : {moment(random), moment(random) / 2}) {
      const bool the_parent = random() % 2 == 0;
      const auto sweep = start(sweep_of(eight_points, {"--jobs", "2"}));
      std::this_thread::sleep_for(std::chrono::duration<double>(after_s));
      const auto points = points_at_work();
      if (the_parent)
        sweep->send(SIGKILL);
      else if (!points.empty())
        ::kill(points[random() % points.size()], SIGKILL);
      sweep->wait();
      const auto done = attempts_of_done();
      for (const auto& [point, attempt] : done_before)
        EXPECT_EQ(done.count(point) > 0 ? done.at(point) : 0, attempt)
            << "point " << point << " is lost, or done twice";
      done_before = done;
    }
    const Finished last = settle(sweep_of(eight_points));
    EXPECT_EQ(last.status, 0) << last.err;
    for (const auto& [point, attempt] : done_before) EXPECT_EQ(attempts_of_done().at(point), attempt) << point;
    expect_the_whole();
  }
}

TEST_F(SweepKilled, WorkersShareThePoints) {
  seconds_of_an_unbroken_sweep();
  std::vector<std::unique_ptr<Process>> workers;
  for (const char* folder : {"a", "b", "c"}) {
    std::filesystem::create_directory(path(folder));  // for what it prints
    std::filesystem::create_directory_symlink(path("data"), path(std::string(folder) + "/data"));
    workers.push_back(std::make_unique<Process>(
        Words{SETTLE_PROGRAM, "sweep", path("sweep.toml"), "--worker", "--out", path("out")}, path(folder)));
  }
  std::multiset<std::string> points;
  for (const auto& worker : workers) {
    const Finished run = worker->wait();
    EXPECT_EQ(run.status, 0) << run.err;
    std::istringstream lines(run.err);
    for (std::string line; std::getline(lines, line);)
      if (line.rfind("point ", 0) == 0) points.insert(line.substr(0, 9));
  }
  EXPECT_EQ(points, (std::multiset<std::string>{"point 001", "point 002", "point 003", "point 004", "point 005",
                                                "point 006", "point 007", "point 008"}));
  EXPECT_EQ(value("SELECT max(attempt) FROM points"), "1");
  expect_the_whole();
}

TEST_F(SweepKilled, ASweepWaitsForItsWorkersAndTakesOverFromThem) {
  seconds_of_an_unbroken_sweep();
  std::filesystem::create_directory(path("a"));
  std::filesystem::create_directory_symlink(path("data"), path("a/data"));
  Process worker({SETTLE_PROGRAM, "sweep", path("sweep.toml"), "--worker", "--out", path("out")}, path("a"));
  ASSERT_TRUE(worker.wait_for_err("point 001"));
  const auto sweep = start(sweep_of(eight_points, {"--jobs", "1"}));
  ASSERT_TRUE(sweep->wait_for_err("point 0"));
  worker.send(SIGKILL);
  const Finished run = sweep->wait();
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("failed:"), std::string::npos) << run.err;
  expect_the_whole();
}

}  // namespace
}  // namespace settle::sweep_kill_test
