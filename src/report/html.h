// The pieces every section of the report is made of.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/report/quantity.h"
#include "src/report/reported_run.h"

namespace settle {

/// Text made safe inside an element or a quoted attribute.
std::string escape(const std::string& text);
/// JSON made safe inside a <script> element.
std::string json_in_script(const nlohmann::json& value);

/// A run's name beside a patch of its colour, which is that of its place in the list.
std::string run_label(const Runs& runs, std::size_t index);

/// The nominal figure, with its range below where it has one.
std::string figure(const Estimate& estimate, std::string (*write)(double));
/// A figure with a remark below.
std::string figure(const std::string& value, const std::string& remark = "");
/// A bar from 0 to 1, with the percentage beside it.
std::string share_bar(double share);

/// A table of class `kind`; cells are HTML. The first of a row is its heading, figures stand to the right.
struct Column {
  std::string title;
  bool figures;
};
std::string table(const char* kind, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows);

/// A row of a table that compares runs: one cell of HTML for each run.
struct ComparedRow {
  std::string label;  // HTML
  std::vector<std::string> cells;
};
/// A column for each run; a single run needs no heading.
std::string comparison_table(const Runs& runs, const std::vector<ComparedRow>& comparisons);
/// The row whose cells `cell` makes, one from each run.
template <class Cell>
ComparedRow compare(const Runs& runs, const std::string& label, Cell cell) {
  ComparedRow row{label, {}};
  for (const ReportedRun& run : runs) row.cells.push_back(cell(run));
  return row;
}

/// <section> with a heading.
std::string section(const std::string& title, const std::string& body);
/// Text that opens on a click.
std::string details(const std::string& summary, const std::string& body, bool open = false);

}  // namespace settle
