// The chip's area by component.
#include <algorithm>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

const nlohmann::json& area_row(const RunFolder& run, const std::string& component) {
  static const nlohmann::json absent;
  const nlohmann::json& list = member(run.summary, "area");
  if (list.is_array()) {
    for (const auto& row : list) {
      if (member(row, "component") == component) return row;
    }
  }
  return absent;
}

std::vector<std::string> components_of(const Runs& runs) {
  std::vector<std::string> names;
  for (const RunFolder& run : runs) {
    const nlohmann::json& list = member(run.summary, "area");
    if (!list.is_array()) continue;
    for (const auto& row : list) {
      const nlohmann::json& name = member(row, "component");
      if (!name.is_string() || std::find(names.begin(), names.end(), name.get<std::string>()) != names.end()) continue;
      names.push_back(name.get<std::string>());
    }
  }
  return names;
}

std::string area_cell(const RunFolder& run, const std::string& component) {
  const nlohmann::json& row = area_row(run, component);
  if (row.is_null()) return dash;
  const Estimate area = estimate_of(row);
  const double share = area[1] / run.number({"area_m2", "nominal"});
  return fmt::format("<span class=\"count\">{} at</span> {} <span class=\"share\">{}</span>",
                     count(number_or_nan(member(row, "count"))), figure(area, square_metre), percent(share, 1));
}

}  // namespace

std::string area_section(const Runs& runs) {
  std::vector<Comparison> rows;
  for (const std::string& name : components_of(runs)) {
    rows.push_back(compare(runs, escape(name), [&](const RunFolder& run) { return area_cell(run, name); }));
  }
  rows.push_back(compare(runs, "<b>all</b>",
                         [](const RunFolder& run) { return figure(run.estimate({"area_m2"}), square_metre); }));
  return section("Area", comparison_table(runs, rows) + "<p class=\"note\">The digital host is not included.</p>\n");
}

}  // namespace settle
