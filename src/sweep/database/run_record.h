// What a run folder holds, as rows for the database.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/sweep/database/cell.h"
#include "src/sweep/database/columns.h"

namespace settle {

struct RunRecord {
  CellRow headline;                        // as headline_columns()
  CellRow loop;                            // as loop_columns(); nothing is known where it was not analysed
  double training_wall_seconds = 0;        // of all epochs
  std::vector<std::vector<CellRow>> rows;  // of each of rows_tables(), as its columns
  std::string version, config_sha256;      // of the program that ran it; of its config.toml
  std::int64_t epochs = 0;                 // that have ended
  bool finished = false;                   // there is a summary, of a run that was not interrupted
  bool analyzed = false;                   // there is an analysis of the trained network

  /// The test accuracy after an epoch; nothing where that has not ended.
  std::optional<double> accuracy_after(std::int64_t epoch) const;
};

/// Reads summary.json, metrics.csv, costs.csv and analysis/stability.csv of a run. What is not there, or was not
/// written by an earlier version of the program, is not known.
RunRecord read_run_record(const std::filesystem::path& run);

}  // namespace settle
