#include "src/sweep_report/reported_sweep.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "src/sweep/database/connection.h"
#include "src/sweep/database/sweep_store.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_epochs = 25000;  // of all points together

// What of metrics.csv is worth a curve.
constexpr const char* of_epochs[] = {"epoch",
                                     "test_accuracy",
                                     "train_accuracy",
                                     "test_loss",
                                     "train_loss",
                                     "energy_joule",
                                     "simulated_second",
                                     "free_settling_second",
                                     "spectral_radius_settled"};

std::vector<TableColumn> epoch_columns() {
  std::vector<TableColumn> chosen;
  for (const RowsTable& table : rows_tables())
    if (table.name == "epochs")
      for (const char* wanted : of_epochs)
        for (const TableColumn& column : table.columns)
          if (column.name == wanted) chosen.push_back(column);
  return chosen;
}

// Of `count` epochs every n-th, counted from the last, so that there are no more than `most`.
bool is_kept(std::size_t epoch, std::size_t count, std::size_t most) {
  return (count - 1 - epoch) % ((count + most - 1) / most) == 0;
}

void thin(LearningCurves& curves) {
  const std::size_t most = std::max<std::size_t>(2, most_epochs / std::max<std::size_t>(1, curves.of_point.size()));
  for (auto& point : curves.of_point) {
    const std::size_t count = point.front().size();
    if (count <= most) continue;
    curves.thinned = true;
    for (std::vector<double>& column : point) {
      std::vector<double> kept;
      for (std::size_t e = 0; e < count; ++e)
        if (is_kept(e, count, most)) kept.push_back(column[e]);
      column = kept;
    }
  }
}

LearningCurves read_curves(SQLite::Database& database, const ResultsTable& results) {
  LearningCurves curves{epoch_columns(), {}};
  curves.of_point.assign(results.rows.size(), std::vector<std::vector<double>>(curves.columns.size()));
  std::map<std::int64_t, std::size_t> place;  // of a point, by its number
  for (std::size_t i = 0; i < results.rows.size(); ++i)
    place[std::get<std::int64_t>(results.rows[i][results.column("point")])] = i;
  std::string sql = "SELECT point";
  for (const TableColumn& column : curves.columns) sql += ", " + sql_name(column.name);
  SQLite::Statement statement(database, sql + " FROM epochs ORDER BY point, row");
  while (statement.executeStep()) {
    const auto found = place.find(statement.getColumn(0).getInt64());
    if (found == place.end()) continue;
    for (std::size_t k = 0; k < curves.columns.size(); ++k)
      curves.of_point[found->second][k].push_back(number_in(cell_at(statement, int(k) + 1)));
  }
  thin(curves);
  return curves;
}

std::vector<std::string> read_pages(const fs::path& folder, const ResultsTable& results, const fs::path& from) {
  const fs::path way = folder.lexically_relative(from);
  std::vector<std::string> pages;
  const std::size_t run = results.column("folder");
  for (const CellRow& row : results.rows) {
    const std::string page = text_of(row[run]) + "/report.html";
    std::error_code unreadable;
    pages.push_back(fs::exists(folder / page, unreadable) ? (way / page).lexically_normal().string() : "");
  }
  return pages;
}

}  // namespace

ReportedSweep read_reported_sweep(const fs::path& folder, const fs::path& page) {
  const auto database = open_results(folder);
  ReportedSweep sweep;
  sweep.path = fs::canonical(folder);
  sweep.name = sweep.path.filename().string();
  guarded(folder / SweepStore::file_name, [&] {
    SQLite::Transaction at_one_time(*database);
    sweep.results = read_results(*database, read_view_columns(*database), {});
    sweep.curves = read_curves(*database, sweep.results);
  });
  const fs::path whole = fs::absolute(page.empty() ? sweep.path / "report.html" : page);
  sweep.pages = read_pages(sweep.path, sweep.results, fs::weakly_canonical(whole.parent_path()));
  return sweep;
}

}  // namespace settle
