#include "src/sweep/chosen_points.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/input_file.h"
#include "src/run/progress.h"
#include "src/sweep/condition.h"
#include "src/sweep/database/connection.h"
#include "src/sweep/database/schema.h"
#include "src/sweep/database/sweep_store.h"
#include "src/sweep/means.h"
#include "src/sweep/text_table.h"

namespace settle {
namespace {

// The database of the folder, or one in memory as it would be before anything has run.
std::unique_ptr<SQLite::Database> database_of(const std::filesystem::path& folder, const SweepFile& sweep,
                                              const std::vector<Point>& points) {
  if (std::filesystem::exists(folder / SweepStore::file_name)) {
    auto database = open_results(folder);
    refuse_another_sweep(*database, folder, sweep);
    return database;
  }
  auto database = std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create_schema(*database, sweep, points);
  return database;
}

bool is_a_list_of_numbers(const std::string& text) {
  return text.find_first_not_of("0123456789,- ") == std::string::npos &&
         text.find_first_of("0123456789") != std::string::npos;
}

// A point's number, from 1 to `most`.
std::size_t number_of(const std::string& text, std::size_t most) {
  const std::size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(' ') + 1;
  if (begin != std::string::npos) {
    std::size_t number = 0;
    const auto read = std::from_chars(text.data() + begin, text.data() + end, number);
    if (read.ec == std::errc() && read.ptr == text.data() + end && 1 <= number && number <= most) return number;
  }
  refuse(
      fmt::format("--only: `{}`: must be a point from 1 to {}, or two with - between them, as in 1-4,7", text, most));
}

std::set<std::size_t> numbers_in(const std::string& text, std::size_t most) {
  std::set<std::size_t> all;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t dash = part.find('-');
    const std::size_t first = number_of(part.substr(0, dash), most);
    const std::size_t last = dash == std::string::npos ? first : number_of(part.substr(dash + 1), most);
    if (last < first) refuse(fmt::format("--only: `{}`: ends before it begins", part));
    for (std::size_t number = first; number <= last; ++number) all.insert(number);
    begin = end + 1;
  }
  return all;
}

std::string count_of_points(const SweepFile& sweep, std::size_t points) {
  std::vector<std::string> factors;
  if (sweep.cases.size() > 1) factors.push_back(fmt::format("{} cases", sweep.cases.size()));
  for (std::size_t i = 0; i < sweep.grid.size(); ++i) {
    if (sweep.grid[i].with_previous) continue;
    std::vector<std::string> keys = {sweep.grid[i].key};
    for (std::size_t next = i + 1; next < sweep.grid.size() && sweep.grid[next].with_previous; ++next)
      keys.push_back(sweep.grid[next].key);
    factors.push_back(fmt::format("{} of {}", sweep.grid[i].values.size(), fmt::join(keys, " with ")));
  }
  if (sweep.seeds.size() > 1) factors.push_back(fmt::format("{} seeds", sweep.seeds.size()));
  return fmt::format("{} points{}{}\n", points, factors.empty() ? "" : ": ", fmt::join(factors, " x "));
}

std::string time_left(std::size_t left, const std::vector<double>& finished_s, int jobs) {
  if (left == 0) return "nothing is left to do\n";
  if (finished_s.empty()) return fmt::format("{} to run; how long is not known before one has finished\n", left);
  const double each = mean_deviation(finished_s).mean;
  return fmt::format("{} to run, about {} with {} at a time ({:.3g} s a point, the mean of {} that have finished)\n",
                     left, clock_time(each * std::ceil(double(left) / jobs)), jobs, each, finished_s.size());
}

}  // namespace

std::vector<std::size_t> chosen_points(const std::string& only, const std::filesystem::path& folder,
                                       const SweepFile& sweep, const std::vector<Point>& points) {
  std::vector<std::size_t> chosen;
  if (is_a_list_of_numbers(only)) {
    for (const std::size_t number : numbers_in(only, points.size())) chosen.push_back(number - 1);
    return chosen;
  }
  const auto database = database_of(folder, sweep, points);
  return guarded(folder / SweepStore::file_name, [&] {
    const ViewColumns columns = read_view_columns(*database);
    const RowSelection selection = parse_condition(only, columns, "--only");
    for (const CellRow& row : read_results(*database, {columns.front()}, selection).rows)
      chosen.push_back(std::size_t(std::get<std::int64_t>(row.front()) - 1));
    if (chosen.empty()) refuse(fmt::format("--only: `{}`: none of {} points is so", only, points.size()));
    return chosen;
  });
}

std::string list_points(const std::vector<std::size_t>& chosen, const std::filesystem::path& folder,
                        const SweepFile& sweep, const std::vector<Point>& points, int jobs) {
  const auto database = database_of(folder, sweep, points);
  return guarded(folder / SweepStore::file_name, [&] {
    const ResultsTable table = read_results(*database, read_view_columns(*database), {});
    const std::size_t state = table.column("state"), wall = table.column("wall_second");
    std::vector<std::size_t> shown = {table.column("case")};
    ViewColumns headings = {table.columns[shown.front()]};
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i].role == ColumnRole::axis || table.columns[i].name == "seed" || i == state) {
        shown.push_back(i);
        headings.push_back(table.columns[i]);
      }
    const std::vector<std::string> names = short_names(headings);
    std::vector<TextColumn> columns = {{"point", {}, true, "point"}};
    for (std::size_t i = 0; i < shown.size(); ++i) columns.push_back({names[i], {}, true, headings[i].name});
    std::vector<double> finished_s;
    std::size_t left = 0;
    for (const CellRow& row : table.rows)
      if (text_of(row[state]) == "done") finished_s.push_back(number_in(row[wall]));
    for (const std::size_t point : chosen) {
      const CellRow& row = table.rows.at(point);
      left += text_of(row[state]) == "done" || text_of(row[state]) == "stopped" ? 0 : 1;
      columns[0].cells.push_back(points[point].id);
      for (std::size_t i = 0; i < shown.size(); ++i) columns[i + 1].cells.push_back(text_of(row[shown[i]]));
    }
    return narrow_table(columns, "--columns") + count_of_points(sweep, points.size()) +
           (sweep.search
                ? fmt::format("a search of up to {} combinations, of which {} are known by now\n",
                              sweep.search->rounds * sweep.search->combinations, sweep.grid.front().values.size())
                : "") +
           (sweep.early.any() ? "some of them will be stopped early\n" : "") +
           (chosen.size() < points.size() ? fmt::format("of these {} by --only\n", chosen.size()) : "") +
           time_left(left, finished_s, jobs);
  });
}

}  // namespace settle
