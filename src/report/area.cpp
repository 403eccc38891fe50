// The chip's area by component.
#include <algorithm>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

const nlohmann::json& area_row(const ReportedRun& run, const std::string& component) {
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
  for (const ReportedRun& run : runs) {
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

std::string area_table(const ReportedRun& run, const std::vector<std::string>& components) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& name : components) {
    const nlohmann::json& row = area_row(run, name);
    const Estimate area = estimate_of(row);
    rows.push_back({escape(name), share_bar(area[1] / run.number({"area_m2", "nominal"})), figure(area, square_metre),
                    count(number_or_nan(member(row, "count")))});
  }
  rows.push_back({"<b>all</b>", share_bar(1), figure(run.estimate({"area_m2"}), square_metre), ""});
  return table("costs", {{"Component", false}, {"Share", false}, {"Area", true}, {"Count", true}}, rows);
}

std::string compare_areas(const Runs& runs, const std::vector<std::string>& components) {
  std::vector<ComparedRow> rows;
  for (const std::string& name : components) {
    rows.push_back(compare(runs, escape(name), [&](const ReportedRun& run) {
      return figure(estimate_of(area_row(run, name)), square_metre);
    }));
  }
  rows.push_back(compare(runs, "<b>all</b>",
                         [](const ReportedRun& run) { return figure(run.estimate({"area_m2"}), square_metre); }));
  return comparison_table(runs, rows);
}

}  // namespace

std::string area_section(const Runs& runs) {
  const std::vector<std::string> components = components_of(runs);
  const std::string areas = runs.size() > 1 ? compare_areas(runs, components) : area_table(runs[0], components);
  return section(
      "Area",
      areas + "<p class=\"note\">Of the digital host: its memory and its lanes' arithmetic, without a DRAM.</p>\n");
}

}  // namespace settle
