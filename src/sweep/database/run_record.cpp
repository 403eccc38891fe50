#include "src/sweep/database/run_record.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include <nlohmann/json.hpp>

#include "settle/models/error.h"
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

// Rows of a CSV file, whose columns are looked for once.
class CsvRows {
 public:
  CsvRows(const CsvTable& table, const std::vector<TableColumn>& columns) : table_(table), columns_(columns) {
    for (const TableColumn& column : columns) {
      const auto found = std::find(table.columns().begin(), table.columns().end(), column.source);
      if (found == table.columns().end())
        places_.emplace_back();
      else
        places_.emplace_back(found - table.columns().begin());
    }
  }

  CellRow at(std::size_t row) const {
    CellRow cells;
    cells.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i)
      cells.push_back(places_[i] ? cell(table_.text(row, *places_[i]), columns_[i].kind) : Cell());
    return cells;
  }

 private:
  static Cell cell(const std::string& text, ColumnKind kind) {
    if (kind == ColumnKind::text) return text;
    const Cell value = cell_of_text(text);
    const bool integer = std::holds_alternative<std::int64_t>(value);
    return kind == ColumnKind::real && integer ? Cell(number_in(value)) : value;
  }

  const CsvTable& table_;
  const std::vector<TableColumn>& columns_;
  std::vector<std::optional<std::size_t>> places_;
};

std::vector<CellRow> rows_of_table(const fs::path& path, const std::vector<TableColumn>& columns) {
  std::vector<CellRow> rows;
  const auto table = table_in(path);
  if (!table) return rows;
  const CsvRows reader(*table, columns);
  for (std::size_t row = 0; row < table->rows(); ++row) rows.push_back(reader.at(row));
  return rows;
}

// The row of the trained weights; empty where there is none.
CellRow trained_row(const fs::path& path) {
  const auto table = table_in(path);
  if (!table || !table->has("weights")) return {};
  for (std::size_t row = 0; row < table->rows(); ++row)
    if (table->text(row, "weights") == "trained") return CsvRows(*table, loop_columns()).at(row);
  return {};
}

}  // namespace

std::optional<double> RunRecord::accuracy_after(std::int64_t epoch) const {
  for (std::size_t table = 0; table < rows.size(); ++table) {
    const RowsTable& of = rows_tables()[table];
    if (of.name != "epochs") continue;
    const auto column = [&](const char* name) {
      return std::size_t(std::find_if(of.columns.begin(), of.columns.end(),
                                      [&](const TableColumn& each) { return each.name == name; }) -
                         of.columns.begin());
    };
    const std::size_t number = column("epoch"), accuracy = column("test_accuracy");
    for (const CellRow& row : rows[table])
      if (row[number] == Cell(epoch)) return number_in(row[accuracy]);
  }
  return {};
}

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
    record.epochs = summary.value("epochs", std::int64_t{0});
    record.version = summary.value("version", "");
    record.config_sha256 = summary.value("config_sha256", "");
  }
  for (const RowsTable& table : rows_tables())
    record.rows.push_back(table.source.front() == '/' ? rows_of_list(at(summary, table.source), table.columns)
                                                      : rows_of_table(run / table.source, table.columns));
  return record;
}

}  // namespace settle
