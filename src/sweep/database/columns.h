// What the database of a sweep holds: each table's columns with unit and meaning. The tables themselves, the table
// `columns` in the database, the CSV files and the help of `settle sweep --columns help` all follow from these lists;
// docs/sweeps.md repeats them.
#pragma once

#include <string>
#include <vector>

namespace settle {

enum class ColumnKind { real, integer, text };

struct TableColumn {
  std::string name, unit, meaning;  // no unit: a count, a fraction, a text
  std::string source = {};  // in summary.json: a JSON pointer; in a list of it: the name; in a CSV file: a column
  ColumnKind kind = ColumnKind::real;
};

/// The headline figures of a run, from its summary.json.
const std::vector<TableColumn>& headline_columns();
/// Of the trained network's loop, from analysis/stability.csv: of a sweep that analyses.
const std::vector<TableColumn>& loop_columns();
/// Wall clock: what differs when the same is run again.
const std::vector<TableColumn>& wall_clock_columns();

/// A table with several rows for each point.
struct RowsTable {
  std::string name, meaning;
  std::string source;  // a file of the run folder, or a JSON pointer to a list in summary.json
  std::vector<TableColumn> columns;
};
/// epochs, costs, and the lists of summary.json.
const std::vector<RowsTable>& rows_tables();

}  // namespace settle
