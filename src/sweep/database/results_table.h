// The view `results` of a sweep's database: a row for each point, with everything about it that is one value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "src/sweep/database/cell.h"

namespace settle {

/// What a column of the view is: a label of the point, a key of [grid], a key that only cases vary, a figure, wall
/// clock, or a note about the run.
enum class ColumnRole { label, axis, varied, figure, wall_clock, note };

struct ViewColumn {
  std::string name, unit, meaning;
  ColumnRole role = ColumnRole::figure;
};
using ViewColumns = std::vector<ViewColumn>;

struct ResultsTable {
  ViewColumns columns;
  std::vector<CellRow> rows;

  /// The place of a column that there is.
  std::size_t column(const std::string& name) const;
};

/// Which rows of the view, and in which order. `where` and `order` are SQL whose parameters are `parameters`; they are
/// made by us (condition.h), never a user's text.
struct RowSelection {
  std::string where, order;
  CellRow parameters = {};
  std::optional<std::int64_t> limit = {};
};

ViewColumns read_view_columns(SQLite::Database& database);
ResultsTable read_results(SQLite::Database& database, const ViewColumns& columns, const RowSelection& selection);

const char* name(ColumnRole role);

}  // namespace settle
