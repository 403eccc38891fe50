#include "src/sweep/database/run_record.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include <nlohmann/json.hpp>

#include "models/error.h"
#include "src/data/csv.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// null where there is no such file or it is no JSON
json json_object_in(const fs::path& path) {
  std::ifstream file(path);
  json value = json::parse(file, nullptr, /*allow_exceptions=*/false);
  return value.is_object() ? value : json();
}

Cell cell_of_json(const json& value, ColumnKind kind) {
  if (value.is_boolean()) return std::int64_t(value.get<bool>());
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) return {};
  return kind == ColumnKind::integer ? Cell(value.get<std::int64_t>()) : Cell(value.get<double>());
}

json at(const json& summary, const std::string& pointer) {
  const json::json_pointer where(pointer);
  return summary.contains(where) ? summary.at(where) : json();
}

std::int64_t broken(const json& rules) {
  return std::count_if(rules.begin(), rules.end(), [](const json& rule) { return rule.value("broken", false); });
}

CellRow headline_of(const json& summary) {
  CellRow row;
  for (const TableColumn& column : headline_columns()) {
    const json value = at(summary, column.source);
    row.push_back(value.is_array() ? Cell(broken(value)) : cell_of_json(value, column.kind));
  }
  return row;
}

double seconds_of_all_epochs(const json& summary) {
  double all = 0;
  for (const json& seconds : summary.value("seconds_per_epoch", json::array())) all += seconds.get<double>();
  return all;
}

std::vector<CellRow> rows_of_list(const json& list, const std::vector<TableColumn>& columns) {
  std::vector<CellRow> rows;
  for (const json& entry : list) {
    rows.emplace_back();
    for (const TableColumn& column : columns)
      rows.back().push_back(cell_of_json(entry.value(column.source, json()), column.kind));
  }
  return rows;
}

std::optional<CsvTable> table_in(const fs::path& path) {
  if (!fs::exists(path)) return {};
  try {
    return CsvTable(read_file(path), path);
  } catch (const InputError&) {
    return {};  // empty, or cut off
  }
}

CellRow row_of(const CsvTable& table, std::size_t row, const std::vector<TableColumn>& columns) {
  CellRow cells;
  for (const TableColumn& column : columns) {
    const std::string text = table.has(column.source) ? table.text(row, column.source) : "";
    const Cell cell = cell_of_text(text);
    const bool number = !std::holds_alternative<std::string>(cell) && !std::holds_alternative<std::monostate>(cell);
    cells.push_back(column.kind == ColumnKind::text             ? Cell(text)
                    : column.kind == ColumnKind::real && number ? Cell(number_in(cell))
                                                                : cell);
  }
  return cells;
}

std::vector<CellRow> rows_of_table(const fs::path& path, const std::vector<TableColumn>& columns) {
  std::vector<CellRow> rows;
  if (const auto table = table_in(path))
    for (std::size_t row = 0; row < table->rows(); ++row) rows.push_back(row_of(*table, row, columns));
  return rows;
}

// The row of the trained weights; empty where there is none.
CellRow trained_row(const fs::path& path) {
  const auto table = table_in(path);
  if (!table || !table->has("weights")) return {};
  for (std::size_t row = 0; row < table->rows(); ++row)
    if (table->text(row, "weights") == "trained") return row_of(*table, row, loop_columns());
  return {};
}

}  // namespace

RunRecord read_run_record(const fs::path& run) {
  RunRecord record;
  const json summary = json_object_in(run / "summary.json");
  record.finished = !summary.is_null() && !summary.value("interrupted", false);
  record.headline = headline_of(summary);
  record.loop = trained_row(run / "analysis" / "stability.csv");
  record.analyzed = !record.loop.empty();
  record.loop.resize(loop_columns().size());
  if (!summary.is_null()) {
    record.training_wall_seconds = seconds_of_all_epochs(summary);
    record.version = summary.value("version", "");
    record.config_sha256 = summary.value("config_sha256", "");
  }
  for (const RowsTable& table : rows_tables())
    record.rows.push_back(table.source.front() == '/' ? rows_of_list(at(summary, table.source), table.columns)
                                                      : rows_of_table(run / table.source, table.columns));
  return record;
}

}  // namespace settle
