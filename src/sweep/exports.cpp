#include "src/sweep/exports.h"

#include <fmt/format.h>

#include "src/run/run_folder.h"
#include "src/sweep/csv_fields.h"
#include "src/sweep/means.h"

namespace settle {
namespace {

std::vector<std::size_t> exported_columns(const ViewColumns& columns) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].role != ColumnRole::note && columns[i].role != ColumnRole::varied && columns[i].name != "folder")
      all.push_back(i);
  return all;
}

std::string exported_header(const ViewColumns& columns) {
  std::string line;
  for (const std::size_t i : exported_columns(columns)) line += (line.empty() ? "" : ",") + csv_field(columns[i].name);
  return line + "\n";
}

// "007": a point's name as its folder's, which sorts
std::string name_of_point(const ResultsTable& results, const CellRow& row) {
  return std::filesystem::path(text_of(row[results.column("folder")])).filename().string();
}

std::string exported_cell(const ResultsTable& results, const CellRow& row, std::size_t column) {
  const ViewColumn& of = results.columns[column];
  if (of.name == "point") return name_of_point(results, row);
  if (of.role == ColumnRole::wall_clock)
    return std::holds_alternative<double>(row[column]) ? fmt::format("{:.4g}", std::get<double>(row[column])) : "";
  return csv_field(text_of(row[column]));
}

std::string exported_line(const ResultsTable& results, const CellRow& row) {
  std::string line;
  for (const std::size_t i : exported_columns(results.columns))
    line += (i == 0 ? "" : ",") + exported_cell(results, row, i);
  return line + "\n";
}

}  // namespace

std::string results_csv(const ResultsTable& results) {
  std::string text = exported_header(results.columns);
  for (const CellRow& row : results.rows) text += exported_line(results, row);
  return text;
}

void SweepExports::read_changes() {
  const std::int64_t revision = store_.revision();  // before what it has brought: nothing is missed
  ResultsTable changed = store_.results_since(revision_);
  results_.columns = changed.columns;
  const std::size_t point = changed.column("point");
  for (CellRow& row : changed.rows) {
    const std::size_t index = std::size_t(std::get<std::int64_t>(row[point]) - 1);
    if (lines_.size() <= index) {
      lines_.resize(index + 1);
      results_.rows.resize(index + 1);
    }
    lines_[index] = exported_line(changed, row);
    results_.rows[index] = std::move(row);
  }
  revision_ = revision;
}

void SweepExports::update() {
  if (Clock::now() - written_ >= 20 * took_) write();
}

void SweepExports::write() {
  const Clock::time_point begin = Clock::now();
  do {
    read_changes();
    std::string text = exported_header(results_.columns);
    for (const std::string& line : lines_) text += line;
    write_file(folder_ / "results.csv", text);
    write_file(folder_ / "summary.csv", summary_csv(means_of(results_)));
  } while (store_.revision() != revision_);  // another process may have written older files after ours
  written_ = Clock::now();
  took_ = written_ - begin;
}

}  // namespace settle
