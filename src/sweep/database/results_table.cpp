#include "src/sweep/database/results_table.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "src/sweep/database/connection.h"

namespace settle {
namespace {

constexpr ColumnRole all_roles[] = {ColumnRole::label,  ColumnRole::axis,       ColumnRole::varied,
                                    ColumnRole::figure, ColumnRole::wall_clock, ColumnRole::note};

ColumnRole role_called(const std::string& text) {
  for (const ColumnRole role : all_roles)
    if (text == name(role)) return role;
  return ColumnRole::note;
}

}  // namespace

const char* name(ColumnRole role) {
  switch (role) {
    case ColumnRole::label:
      return "label";
    case ColumnRole::axis:
      return "axis";
    case ColumnRole::varied:
      return "varied by cases";
    case ColumnRole::figure:
      return "figure";
    case ColumnRole::wall_clock:
      return "wall clock";
    case ColumnRole::note:
      return "note";
  }
  return "";
}

std::size_t ResultsTable::column(const std::string& wanted) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ViewColumn& column) { return column.name == wanted; });
  if (found == columns.end()) throw std::logic_error("no column " + wanted);
  return std::size_t(found - columns.begin());
}

ViewColumns read_view_columns(SQLite::Database& database) {
  SQLite::Statement statement(
      database, "SELECT name, unit, meaning, role FROM columns WHERE in_table = 'results' ORDER BY position");
  ViewColumns columns;
  while (statement.executeStep())
    columns.push_back({statement.getColumn(0).getString(), statement.getColumn(1).getString(),
                       statement.getColumn(2).getString(), role_called(statement.getColumn(3).getString())});
  return columns;
}

ResultsTable read_results(SQLite::Database& database, const ViewColumns& columns, const RowSelection& selection) {
  std::string sql;
  for (const ViewColumn& column : columns) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column.name);
  sql += " FROM results";
  if (!selection.where.empty()) sql += " WHERE " + selection.where;
  sql += " ORDER BY " + (selection.order.empty() ? "" : selection.order + ", ") + "point";
  if (selection.limit) sql += fmt::format(" LIMIT {}", *selection.limit);
  SQLite::Statement statement(database, sql);
  for (std::size_t i = 0; i < selection.parameters.size(); ++i) bind(statement, int(i) + 1, selection.parameters[i]);
  ResultsTable table{columns, {}};
  while (statement.executeStep()) {
    table.rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) table.rows.back().push_back(cell_at(statement, int(i)));
  }
  return table;
}

}  // namespace settle
