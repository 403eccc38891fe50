// results.csv and summary.csv: what the database says, for spreadsheets and plots.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "src/sweep/database/sweep_store.h"

namespace settle {

/// results.csv: a row for each point. Wall clock comes last: the other columns are the same for any number of jobs and
/// workers. Notes, and keys that only cases vary, are in the database alone.
std::string results_csv(const ResultsTable& results);

class SweepExports {
 public:
  SweepExports(SweepStore& store, std::filesystem::path folder) : store_(store), folder_(std::move(folder)) {}

  /// Brings both files up to date, each written whole; not yet, where that would take more than a twentieth of the time
  /// that has passed since the last time.
  void update();
  /// Brings them up to date.
  void write();
  /// The view `results`, as of the last write().
  const ResultsTable& results() const { return results_; }

 private:
  using Clock = std::chrono::steady_clock;

  void read_changes();

  SweepStore& store_;
  std::filesystem::path folder_;
  std::int64_t revision_ = -1;
  ResultsTable results_;
  std::vector<std::string> lines_;  // of results.csv, without the header
  Clock::time_point written_ = {};
  Clock::duration took_ = {};
};

}  // namespace settle
