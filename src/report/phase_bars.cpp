// Energy by phase: for each section of a run a bar for each phase, made of what draws it.
#include "src/report/phase_bars.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "src/report/cost_sums.h"
#include "src/report/html.h"

namespace settle {
namespace {

constexpr const char* phase_colours[] = {"#1f5fa8", "#d08a2e", "#3a8f5c", "#9b4f96",
                                         "#c0504d", "#5bb0c9", "#8a7a3b", "#e2a6b7"};
constexpr const char* colour_of_others = "#b4bcc7";

// The dearest actions of a section have colours of their own.
std::map<std::string, std::string> colours_of(const std::vector<CostSum>& actions) {
  std::map<std::string, std::string> chosen;
  for (std::size_t i = 0; i < std::min(actions.size(), std::size(phase_colours)); ++i)
    chosen[actions[i].name] = phase_colours[i];
  return chosen;
}

std::string patch(const std::string& colour, const std::string& name) {
  return fmt::format("<span class=\"legend\"><i class=\"patch\" style=\"background:{}\"></i>{}</span> ", colour,
                     escape(name));
}

std::string legend(const std::vector<CostSum>& actions) {
  std::string html = "<p class=\"note\">";
  const auto chosen = colours_of(actions);
  for (const CostSum& action : actions)
    if (chosen.count(action.name) > 0 && action.energy_j[1] > 0) html += patch(chosen.at(action.name), action.name);
  if (actions.size() > chosen.size()) html += patch(colour_of_others, "others");
  return html + "</p>\n";
}

// What a phase of a section draws, action by action, in the order of the section's own.
std::vector<CostSum> of_phase(const ReportedRun& run, const std::string& section, const std::string& phase) {
  ReportedRun part;
  for (const CostRow& row : run.costs)
    if (row.section == section && row.phase == phase) part.costs.push_back(row);
  return cost_by_action(part, section);
}

std::string bar(const std::vector<CostSum>& actions, const std::map<std::string, std::string>& chosen, double all_j) {
  std::string html = "<span class=\"stack\">";
  for (const CostSum& action : actions) {
    const auto colour = chosen.find(action.name);
    html += fmt::format("<i style=\"width:{:.3f}%;background:{}\" title=\"{}: {}\"></i>",
                        100 * action.energy_j[1] / all_j, colour == chosen.end() ? colour_of_others : colour->second,
                        escape(action.name), escape(joule(action.energy_j[1])));
  }
  return html + "</span>";
}

}  // namespace

std::string phase_bars(const ReportedRun& run, const std::string& section, double samples) {
  const nlohmann::json& list = member(run.summary, "phases");
  const std::vector<CostSum> actions = cost_by_action(run, section);
  if (!list.is_array() || nominal_total(actions) <= 0) return "";
  const auto chosen = colours_of(actions);
  double most_j = 0;
  for (const auto& phase : list)
    if (member(phase, "section") == section) most_j = std::max(most_j, number_or_nan(member(phase, "joule")));
  std::vector<std::vector<std::string>> rows;
  for (const auto& phase : list) {
    const nlohmann::json& name = member(phase, "phase");
    if (member(phase, "section") != section || !name.is_string()) continue;
    const double joules = number_or_nan(member(phase, "joule")), seconds = number_or_nan(member(phase, "second"));
    rows.push_back({escape(name.get<std::string>()),
                    bar(of_phase(run, section, name.get<std::string>()), chosen, most_j), joule(joules / samples),
                    second(seconds / samples)});
  }
  const std::string per = samples > 1 ? " a sample" : "";
  return legend(actions) +
         table("phases", {{"Phase", false}, {"What draws it", false}, {"Energy" + per, true}, {"Time" + per, true}},
               rows);
}

}  // namespace settle
