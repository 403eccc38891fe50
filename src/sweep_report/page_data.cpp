// What the scripts of a sweep's page draw, as JSON.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/sweep_report/reported_sweep.h"

namespace settle {
namespace {

using nlohmann::json;

json six_digits(double value) {
  return std::isfinite(value) ? json(std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr)) : json();
}

bool is_exact(ColumnRole role) {
  return role == ColumnRole::label || role == ColumnRole::axis || role == ColumnRole::varied;
}

json value_of(const Cell& cell, ColumnRole role) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* number = std::get_if<double>(&cell))
    return is_exact(role) && std::isfinite(*number) ? json(*number) : six_digits(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

// A column with its values, or with the one that all points have; null where none has any, or nobody would look.
json column_of(const ResultsTable& results, std::size_t k) {
  const ViewColumn& column = results.columns[k];
  if (column.name == "config_sha256") return {};
  json values = json::array();
  for (const CellRow& row : results.rows) values.push_back(value_of(row[k], column.role));
  const bool same = std::all_of(values.begin(), values.end(), [&](const json& value) { return value == values[0]; });
  if (same && (values.empty() || values[0].is_null())) return {};
  json made = {{"name", column.name}, {"unit", column.unit}, {"meaning", column.meaning}, {"role", name(column.role)}};
  if (same)
    made["constant"] = values[0];
  else
    made["values"] = values;
  return made;
}

json curve_of(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(six_digits(value));
  return list;
}

json epochs_of(const LearningCurves& curves) {
  json columns = json::array(), points = json::array();
  std::vector<std::size_t> known;  // columns with a value
  for (std::size_t k = 1; k < curves.columns.size(); ++k) {
    const bool any = std::any_of(curves.of_point.begin(), curves.of_point.end(), [k](const auto& point) {
      return std::any_of(point[k].begin(), point[k].end(), [](double value) { return std::isfinite(value); });
    });
    if (!any) continue;
    known.push_back(k);
    const TableColumn& column = curves.columns[k];
    columns.push_back({{"name", column.name}, {"unit", column.unit}, {"meaning", column.meaning}, {"role", "figure"}});
  }
  for (const auto& point : curves.of_point) {
    if (point[0].empty()) {
      points.push_back(nullptr);
      continue;
    }
    json values = json::array();
    for (const std::size_t k : known) values.push_back(curve_of(point[k]));
    points.push_back({{"epoch", curve_of(point[0])}, {"values", values}});
  }
  return {{"columns", columns}, {"points", points}, {"thinned", curves.thinned}};
}

std::vector<std::string> values_in(const ResultsTable& results, std::size_t k) {
  std::vector<std::string> values;
  for (const CellRow& row : results.rows) {
    const std::string text = text_of(row[k]);
    if (std::find(values.begin(), values.end(), text) == values.end()) values.push_back(text);
  }
  return values;
}

}  // namespace

std::string summary_of(const ReportedSweep& sweep) {
  const ResultsTable& results = sweep.results;
  std::map<std::string, std::size_t> states;
  for (const CellRow& row : results.rows) ++states[text_of(row[results.column("state")])];
  std::vector<std::string> parts = {fmt::format("{} points", results.rows.size())};
  for (const auto& [state, count] : states) parts.push_back(fmt::format("{} {}", count, state));
  std::vector<std::string> varied;
  for (std::size_t k = 0; k < results.columns.size(); ++k) {
    const ViewColumn& column = results.columns[k];
    if (column.role != ColumnRole::axis && column.name != "case" && column.name != "seed") continue;
    if (const std::size_t count = values_in(results, k).size(); count > 1)
      varied.push_back(fmt::format("{} ({} values)", column.name, count));
  }
  return fmt::format("{}{}{}", fmt::join(parts, ", "), varied.empty() ? "" : "; varied: ", fmt::join(varied, ", "));
}

json page_data(const ReportedSweep& sweep) {
  json columns = json::array(), pages = json::array();
  for (std::size_t k = 0; k < sweep.results.columns.size(); ++k)
    if (json column = column_of(sweep.results, k); !column.is_null()) columns.push_back(std::move(column));
  for (const std::string& page : sweep.pages) pages.push_back(page.empty() ? json() : json(page));
  return {{"points", sweep.results.rows.size()},
          {"columns", columns},
          {"pages", pages},
          {"epochs", epochs_of(sweep.curves)}};
}

}  // namespace settle
