// A sweep as its page needs it, from its database.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/sweep/database/columns.h"
#include "src/sweep/database/results_table.h"

namespace settle {

/// Learning curves. `of_point[i][k][e]` is column k of point i after its e-th epoch that is kept; NaN: not known.
struct LearningCurves {
  std::vector<TableColumn> columns;  // the first is the epoch's number
  std::vector<std::vector<std::vector<double>>> of_point;
  bool thinned = false;  // whether epochs were left out: of many points, a page keeps some of each
};

struct ReportedSweep {
  std::string name;                // of the folder
  std::filesystem::path path;      // absolute
  ResultsTable results;            // all points, in their order
  std::vector<std::string> pages;  // of each point: its report, from the page's folder; empty where there is none
  LearningCurves curves;
};

/// Reads the database of a sweep's folder as it is at this time, for a page at `page` (report.html in the folder where
/// it is empty). Throws InputError, one line, where there is none that this version of the program can read; RunError
/// when it cannot be read.
ReportedSweep read_reported_sweep(const std::filesystem::path& folder, const std::filesystem::path& page = {});

/// "1000 points, 990 done, 10 failed; network.beta (5 values), device.preset (3); seeds 1, 2, 3".
std::string summary_of(const ReportedSweep& sweep);

/// What the page's scripts find in `data`:
///   {points, columns: [{name, unit, meaning, role, values or constant}], pages: [text or null],
///    epochs: {columns: [...], points: [{epoch: [], values: [[]]} or null]}}
/// Columns without any value are left out. Figures have six digits; axes have all, since points are told apart by them.
nlohmann::json page_data(const ReportedSweep& sweep);

}  // namespace settle
