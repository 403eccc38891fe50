// The database of a sweep: claims of points by several processes, results, and what is said about its columns.
#include "src/sweep/database/sweep_store.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/sweep/database/connection.h"
#include "tests/src/temporary_folder.h"

namespace settle::sweep_store_test {
namespace {

class Store : public testing::Test {
 protected:
  Store() {
    folder_.write("base.toml", "[network]\nhidden = [8]\n");
    sweep_ = read_sweep(folder_.write("sweep.toml",
                                      "base = 'base.toml'\nseeds = [1, 2]\n[grid]\nlearning.nudge = [0.5, 1]\n"
                                      "[[case]]\nname = 'wide'\nset = { network.hidden = [16] }\n"
                                      "[[case]]\nname = 'as is'\n"));
    points_ = expand(sweep_);
  }

  SweepStore store(const StoreOptions& options = {}) const { return {folder_.path(), sweep_, points_, options}; }

  // A process of another machine.
  static StoreOptions elsewhere(double lease_s = 300) { return {{"other", "another boot", 7, 1234}, lease_s}; }

  static Outcome done(double accuracy) {
    Outcome outcome;
    outcome.wall_seconds = 1.5;
    outcome.record.headline.resize(headline_columns().size());
    outcome.record.headline[0] = accuracy;
    outcome.record.loop.resize(loop_columns().size());
    outcome.record.rows.resize(rows_tables().size());
    return outcome;
  }

  SQLite::Database reading() const { return {folder_.path() + "/results.db", SQLite::OPEN_READONLY}; }
  std::string value(const std::string& sql) const {
    SQLite::Database database = reading();
    return database.execAndGet(sql).getString();
  }

  TemporaryFolder folder_;
  SweepFile sweep_;
  std::vector<Point> points_;
};

TEST_F(Store, GivesEachPointOnceInTheirOrder) {
  SweepStore first = store(), second = store();
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto claim = (i % 2 == 0 ? first : second).claim_next();
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->point, i);
    EXPECT_EQ(claim->attempt, 1);
  }
  EXPECT_FALSE(first.claim_next());
  EXPECT_FALSE(second.claim(3));
  EXPECT_EQ(first.counts(), (std::map<PointState, std::size_t>{{PointState::running, points_.size()}}));
}

TEST_F(Store, ManyProcessesShareThePoints) {
  constexpr int processes = 4;
  store();
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    {
      SweepStore mine = store();
      std::ofstream log(folder_.path() + "/claims." + std::to_string(i));
      while (const auto claim = mine.claim_next()) {
        log << claim->point << "\n";
        if (!mine.finish(*claim, done(0.1 * double(claim->point)))) log << "lost\n";
      }
    }
    _exit(0);
  }
  std::multiset<std::string> claimed;
  for (int i = 0; i < processes; ++i) {
    int status = -1;
    ASSERT_EQ(waitpid(children[std::size_t(i)], &status, 0), children[std::size_t(i)]);
    EXPECT_EQ(status, 0);
    std::ifstream log(folder_.path() + "/claims." + std::to_string(i));
    for (std::string line; std::getline(log, line);) claimed.insert(line);
  }
  EXPECT_EQ(claimed, (std::multiset<std::string>{"0", "1", "2", "3", "4", "5", "6", "7"}));
  EXPECT_EQ(value("SELECT count(*) FROM points WHERE state = 'done' AND attempt = 1"), "8");
  EXPECT_EQ(value("PRAGMA integrity_check"), "ok");
}

TEST_F(Store, AClaimDiesWithItsProcess) {
  store();
  const pid_t child = fork();
  if (child == 0) {
    const auto claim = store().claim_next();
    _exit(claim && claim->point == 0 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(value("SELECT state FROM points WHERE point = 1"), "running");
  SweepStore mine = store();
  const auto claim = mine.claim_next();
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->point, 0u);
  EXPECT_EQ(claim->attempt, 2);
}

TEST_F(Store, AnotherMachineIsBelievedUntilItIsSilentForTheLease) {
  SweepStore other = store(elsewhere()), mine = store();
  const auto lost = other.claim_next();
  EXPECT_EQ(mine.claim_next()->point, 1u);
  EXPECT_FALSE(mine.others_are_silent());
  EXPECT_EQ(mine.others_at_work(), std::vector<std::string>{"other process 7"});
  {
    SQLite::Database database(folder_.path() + "/results.db", SQLite::OPEN_READWRITE);
    database.exec("UPDATE points SET heartbeat = heartbeat - 200 WHERE point = 1");
  }
  EXPECT_TRUE(mine.others_are_silent());
  EXPECT_TRUE(other.beat(*lost)) << "just in time";
  EXPECT_FALSE(mine.others_are_silent());
  {
    SQLite::Database database(folder_.path() + "/results.db", SQLite::OPEN_READWRITE);
    database.exec("UPDATE points SET heartbeat = heartbeat - 301 WHERE point = 1");
  }
  const auto taken = mine.claim_next();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->point, 0u);
  EXPECT_FALSE(other.beat(*lost));
  EXPECT_FALSE(other.finish(*lost, done(0.9))) << "what comes too late changes nothing";
  other.give_back(*lost, "too late");
  EXPECT_EQ(value("SELECT state FROM points WHERE point = 1"), "running");
  EXPECT_TRUE(mine.finish(*taken, done(0.8)));
  EXPECT_EQ(value("SELECT test_accuracy_best FROM results WHERE point = 1"), "0.8");
}

TEST_F(Store, WhatIsGivenBackGoesOnAndWhatHasFailedWaitsForARetry) {
  SweepStore mine = store();
  mine.give_back(*mine.claim_next(), "interrupted");
  EXPECT_EQ(value("SELECT state || ': ' || message FROM points WHERE point = 1"), "cut off: interrupted");
  const auto claim = mine.claim_next();
  EXPECT_EQ(claim->point, 0u);
  Outcome failed;
  failed.state = PointState::failed;
  failed.message = "no memory";
  failed.trained = true;
  EXPECT_TRUE(mine.finish(*claim, failed));
  EXPECT_FALSE(mine.finish(*claim, failed)) << "once";
  EXPECT_EQ(mine.points_in(PointState::failed).at(0).message, "no memory");
  EXPECT_EQ(mine.claim_next()->point, 1u);
  mine.retry_failed();
  const auto again = mine.claim_next();
  EXPECT_EQ(again->point, 0u);
  EXPECT_TRUE(again->trained);
}

TEST_F(Store, TheViewHasWhatVaries) {
  store();
  SQLite::Database database = reading();
  SQLite::Statement rows(
      database, "SELECT point, \"case\", \"learning.nudge\", \"network.hidden\", seed FROM results ORDER BY 1");
  std::string text;
  while (rows.executeStep()) {
    for (int i = 0; i < 5; ++i) text += rows.getColumn(i).getString() + " ";
    text += "\n";
  }
  EXPECT_EQ(text,
            "1 wide 0.5 [16] 1 \n2 wide 0.5 [16] 2 \n3 wide 1 [16] 1 \n4 wide 1 [16] 2 \n"
            "5 as is 0.5 [8] 1 \n6 as is 0.5 [8] 2 \n7 as is 1 [8] 1 \n8 as is 1 [8] 2 \n");
  EXPECT_EQ(value("SELECT value FROM settings WHERE point = 5 AND key = 'network.hidden'"), "[8]");
  EXPECT_EQ(value("SELECT count(DISTINCT key) FROM settings WHERE point = 8"),
            value("SELECT count(DISTINCT key) FROM settings"));
  EXPECT_EQ(value("SELECT typeof(value) FROM settings WHERE point = 8 AND key = 'network.beta'"), "real");
}

TEST_F(Store, RefusesAnotherSweepAndOtherFiles) {
  store();
  SweepFile other = sweep_;
  other.analyze = true;
  EXPECT_NE(message_of<InputError>([&] { SweepStore(folder_.path(), other, points_); }).find("holds another sweep"),
            std::string::npos);
  {
    SQLite::Database database(folder_.path() + "/results.db", SQLite::OPEN_READWRITE);
    database.exec("PRAGMA user_version = 99");
  }
  EXPECT_NE(message_of<InputError>([&] { store(); }).find("another version of settle"), std::string::npos);
  folder_.write("results.db", std::string(5000, 'x'));
  EXPECT_NE(message_of<RunError>([&] { store(); }).find("is damaged, or no database"), std::string::npos);
  std::filesystem::remove(folder_.path() + "/results.db");
  SQLite::Database(folder_.path() + "/results.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE mine (x)");
  EXPECT_NE(message_of<InputError>([&] { store(); }).find("is no database of a sweep"), std::string::npos);
}

TEST_F(Store, AReadingConnectionCannotWrite) {
  store();
  const auto database = open_results(folder_.path());
  EXPECT_THROW(database->exec("UPDATE points SET state = 'failed'"), SQLite::Exception);
  EXPECT_THROW(database->exec("PRAGMA query_only = OFF; DELETE FROM points"), SQLite::Exception);
  EXPECT_NE(message_of<InputError>([&] { open_results("nowhere"); }).find("no such file"), std::string::npos);
}

TEST_F(Store, WhatAKilledProcessWasWritingIsUndone) {
  store();
  const pid_t child = fork();
  if (child == 0) {
    SQLite::Database database(folder_.path() + "/results.db", SQLite::OPEN_READWRITE);
    database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE points SET state = 'failed'");
    for (int i = 0; i < 200; ++i)
      database.exec("INSERT INTO epochs (point, row, epoch) VALUES (1, " + std::to_string(i) + ", 1)");
    _exit(0);  // as if it were killed: nothing is put in order
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/results.db-journal"));
  const auto database = open_results(folder_.path());
  EXPECT_EQ(database->execAndGet("SELECT count(*) FROM points WHERE state = 'waiting'").getInt(), 8);
  EXPECT_EQ(database->execAndGet("SELECT count(*) FROM epochs").getInt(), 0);
  EXPECT_EQ(database->execAndGet("PRAGMA integrity_check").getString(), "ok");
}

// Every column of every table and view that people read is described in the table `columns`, and nowhere else is one
// described that is not there.
TEST_F(Store, AllColumnsAreDescribed) {
  store();
  const std::set<std::string> internal = {"common_settings", "varied_settings", "metrics", "actions", "cost_rows"};
  SQLite::Database database = reading();
  std::set<std::string> there, described;
  SQLite::Statement columns(database,
                            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type IN "
                            "('table', 'view')");
  while (columns.executeStep())
    if (internal.count(columns.getColumn(0).getString()) == 0)
      there.insert(columns.getColumn(0).getString() + "." + columns.getColumn(1).getString());
  SQLite::Statement texts(database, "SELECT in_table, name, meaning FROM columns");
  while (texts.executeStep()) {
    described.insert(texts.getColumn(0).getString() + "." + texts.getColumn(1).getString());
    EXPECT_FALSE(texts.getColumn(2).getString().empty()) << texts.getColumn(1).getString();
  }
  EXPECT_EQ(there, described);
}

// docs/sweeps.md describes the same columns of results in the same words, and names every table.
TEST_F(Store, AllColumnsAreInTheDocumentation) {
  store();
  std::ifstream file("docs/sweeps.md");
  std::ostringstream text;
  text << file.rdbuf();
  SQLite::Database database = reading();
  SQLite::Statement columns(database,
                            "SELECT name, unit, meaning, in_table FROM columns WHERE in_table <> 'results' OR role IN "
                            "('figure', 'wall clock', 'note')");
  while (columns.executeStep()) {
    const std::string line = fmt::format("\n| `{}` | {} | {} |\n", columns.getColumn(0).getString(),
                                         columns.getColumn(1).getString(), columns.getColumn(2).getString());
    if (columns.getColumn(3).getString() == "results")
      EXPECT_NE(text.str().find(line), std::string::npos) << line;
    else
      EXPECT_NE(text.str().find("\n| `" + columns.getColumn(3).getString() + "` | "), std::string::npos)
          << columns.getColumn(3).getString();
  }
  for (const TableColumn& column : loop_columns())
    EXPECT_NE(text.str().find("\n| `" + column.name + "` | " + column.unit + " | " + column.meaning + " |\n"),
              std::string::npos)
        << column.name;
}

}  // namespace
}  // namespace settle::sweep_store_test
