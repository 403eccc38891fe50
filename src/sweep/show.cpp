#include "src/sweep/show.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/run/process.h"
#include "src/sweep/condition.h"
#include "src/sweep/database/connection.h"
#include "src/sweep/database/sweep_store.h"
#include "src/sweep/means.h"
#include "src/sweep/text_table.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

const char* const headlines[] = {"test_accuracy_best", "inference_joule", "inference_second"};

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string word = text.substr(begin, end - begin);
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    words.push_back(word);
    begin = end + 1;
  }
  return words;
}

std::string help_on(const ViewColumns& columns) {
  std::size_t width = 0;
  for (const ViewColumn& column : columns) width = std::max(width, column.name.size());
  std::string text;
  for (const ViewColumn& column : columns)
    text += fmt::format("{:<{}}  {:<5}  {}\n", column.name, width, column.unit, column.meaning);
  return text + "test_accuracy stands for test_accuracy_best; the last part of a key's name for all of it\n";
}

// What to show: labels, and the columns that were asked for or about.
ViewColumns chosen(const ViewColumns& columns, const ShowRequest& request, const std::vector<std::string>& used) {
  if (request.columns == "all") {
    ViewColumns all = columns;  // the folder says which point it is
    all.erase(std::remove_if(all.begin(), all.end(), [](const ViewColumn& column) { return column.name == "point"; }),
              all.end());
    return all;
  }
  std::vector<std::string> names = {"folder"};
  for (const ViewColumn& column : columns)
    if (column.role == ColumnRole::axis || column.name == "case" || column.name == "seed") names.push_back(column.name);
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  if (request.columns.empty()) {
    for (const std::string& name : used) add(name);
    for (const char* name : headlines) add(name);
  } else {
    for (const std::string& word : listed(request.columns)) add(find_column(word, columns, "--columns").name);
  }
  ViewColumns all;
  for (const std::string& name : names) all.push_back(find_column(name, columns, "--columns"));
  return all;
}

bool has_prefixes(const std::string& unit) { return unit == "J" || unit == "s" || unit == "W"; }

TextColumn text_column(const ResultsTable& table, std::size_t index, const std::string& heading) {
  const ViewColumn& column = table.columns[index];
  TextColumn text{heading, {}, column.role == ColumnRole::label || column.role == ColumnRole::axis, column.name};
  std::vector<double> values;
  for (const CellRow& row : table.rows) values.push_back(number_in(row[index]));
  const UnitScale scale = scale_for(values, column.unit);
  const bool scaled = has_prefixes(column.unit);
  if (scaled) text.heading += " " + scale.unit;
  for (const CellRow& row : table.rows) {
    const Cell& cell = row[index];
    if (column.name == "folder")
      text.cells.push_back(std::filesystem::path(text_of(cell)).filename().string());
    else if (!std::holds_alternative<double>(cell) || text.label)
      text.cells.push_back(text_of(cell).empty() ? "-" : text_of(cell));
    else
      text.cells.push_back(fmt::format("{:.4g}", std::get<double>(cell) / (scaled ? scale.factor : 1)));
  }
  return text;
}

// Columns that were asked for by name are all shown, however wide.
std::string as_text(const ResultsTable& table, const std::string& see, bool named) {
  std::vector<TextColumn> columns;
  const std::vector<std::string> names = short_names(table.columns);
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    columns.push_back(text_column(table, i, table.columns[i].name == "folder" ? "point" : names[i]));
  return named ? narrow_table(columns, see, std::string::npos) : narrow_table(columns, see);
}

}  // namespace

std::string show_points(const std::filesystem::path& folder, const ShowRequest& request) {
  const auto database = open_results(folder);
  return guarded(folder / SweepStore::file_name, [&] {
    const ViewColumns columns = read_view_columns(*database);
    if (request.columns == "help") return help_on(columns);
    std::vector<std::string> used;
    RowSelection selection = parse_condition(request.condition, columns, "--show", &used);
    if (!request.sort.empty()) selection.order = parse_order(request.sort, columns, "--sort", &used);
    selection.limit = request.limit;
    const ResultsTable table = read_results(*database, chosen(columns, request, used), selection);
    const auto total = database->execAndGet("SELECT count(*) FROM points").getInt64();
    if (table.rows.empty()) return fmt::format("none of {} points\n", total);
    const std::string see = fmt::format("settle sweep {} --show --columns", shell_path(folder));
    return as_text(table, see, !request.columns.empty() && request.columns != "all") +
           fmt::format("{} of {} points\n", table.rows.size(), total);
  });
}

std::string show_means(const std::filesystem::path& folder) {
  const auto database = open_results(folder);
  return guarded(folder / SweepStore::file_name, [&] {
    const ResultsTable table = read_results(*database, read_view_columns(*database), {});
    std::vector<std::string> states;
    SQLite::Statement counts(*database, "SELECT state, count(*) FROM points GROUP BY state ORDER BY state");
    while (counts.executeStep())
      states.push_back(fmt::format("{} {}", counts.getColumn(1).getInt64(), counts.getColumn(0).getString()));
    const std::string see = fmt::format("settle sweep {} --show --columns", shell_path(folder));
    return summary_table(means_of(table), see) + fmt::format("points: {}\n", fmt::join(states, ", "));
  });
}

}  // namespace settle
