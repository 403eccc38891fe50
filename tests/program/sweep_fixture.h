// The fixture of tests of sweeps: a sweep of the small data set, its tables and its processes.
#pragma once

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle {

class SweepTest : public RunTest {
 protected:
  /// `settle sweep sweep.toml --out out` on a file with this text.
  Words sweep_of(const std::string& text, const Words& more = {}) const {
    write("sweep.toml", text);
    Words words = {"sweep", "sweep.toml", "--out", "out"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::vector<CsvRow> rows() const { return csv_rows(read("out/results.csv")); }

  /// A point's log is made anew when it runs.
  std::filesystem::file_time_type written(const std::string& id) const {
    return std::filesystem::last_write_time(path("out/points/" + id + "/log.txt"));
  }

  /// The processes of points of this test's folder.
  std::vector<pid_t> points_at_work() const {
    std::vector<pid_t> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const bool here = target(entry.path() / "cwd") + "/" == path("");
      if (here && bytes_of(entry.path().string() + "/cmdline").find("points/") != std::string::npos)
        all.push_back(std::stoi(entry.path().filename().string()));
    }
    return all;
  }
  bool anything_runs() const { return !points_at_work().empty(); }
  bool everything_ends() const {
    for (int i = 0; i < 5000 && anything_runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return !anything_runs();
  }

  /// The first value that a query finds in a folder's database, as text.
  std::string value(const std::string& sql, const std::string& folder = "out") const {
    SQLite::Database database(path(folder + "/results.db"), SQLite::OPEN_READONLY, 10000);
    return database.execAndGet(sql).getString();
  }
  /// Changes the state of a point in a folder's database.
  void set_state(const std::string& folder, int point, const std::string& state) const {
    SQLite::Database database(path(folder + "/results.db"), SQLite::OPEN_READWRITE, 10000);
    database.exec("UPDATE points SET state = '" + state + "' WHERE point = " + std::to_string(point));
  }

  /// A table without wall clock, which is in its last columns.
  static std::string without_wall_clock(const std::string& table, int columns = 2) {
    std::istringstream lines(table);
    std::string result;
    for (std::string line; std::getline(lines, line);) {
      for (int column = 0; column < columns; ++column) line.erase(line.rfind(','));
      result += line + "\n";
    }
    return result;
  }

 private:
  static std::string target(const std::filesystem::path& link) {
    std::error_code gone;
    return std::filesystem::read_symlink(link, gone).string();
  }
};

}  // namespace settle
