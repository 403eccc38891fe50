// Where the energy went: by action and by component, for training and for inference.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/report/cost_sums.h"
#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

/// A part of a run, and the key of its energy per sample in summary.json.
struct Part {
  const char* section;
  const char* title;
  const char* per_sample;  // null: has no samples
  const char* sample;
};
constexpr Part parts[] = {{"training", "Training", "per_training_sample", "training sample"},
                          {"inference", "Inference", "per_inference", "inference"},
                          {"programming", "Programming before training", nullptr, nullptr}};

double per_sample_j(const RunFolder& run, const Part& part) {
  return part.per_sample == nullptr ? std::nan("") : run.number({"energy_joule", part.per_sample, "nominal"});
}

std::string name_with_source(const CostSum& sum) {
  const std::string source = sum.source.empty() ? "" : fmt::format("<small>{}</small>", escape(sum.source));
  return escape(sum.name) + source;
}

std::string count_with_unit(const CostSum& sum) {
  return sum.unit.empty() ? std::string() : figure(count(sum.count), sum.unit);
}

std::string cost_table(const RunFolder& run, const Part& part, const char* of, const std::vector<CostSum>& sums) {
  const double total = nominal_total(sums);
  const double sample_j = per_sample_j(run, part);
  std::string html =
      fmt::format("<div class=\"scroll\"><table class=\"costs\"><thead><tr><th>{}</th><th>Share</th>", of);
  if (part.sample != nullptr) html += fmt::format("<th class=\"n\">Per {}</th>", part.sample);
  html += "<th class=\"n\">Whole run</th><th class=\"n\">Count</th></tr></thead><tbody>\n";
  const auto add = [&](const std::string& name, double share, const Estimate& energy, const std::string& count) {
    html += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>", name, share_bar(share));
    if (part.sample != nullptr) html += fmt::format("<td class=\"n\">{}</td>", joule(share * sample_j));
    html += fmt::format("<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n", figure(energy, joule), count);
  };
  Estimate all = {0, 0, 0};
  for (const CostSum& sum : sums) {
    add(name_with_source(sum), total > 0 ? sum.energy_j[1] / total : 0, sum.energy_j, count_with_unit(sum));
    all = all + sum.energy_j;
  }
  add("<b>all</b>", 1, all, "");
  return html + "</tbody></table></div>\n";
}

std::string part_of_run(const RunFolder& run, const Part& part) {
  const std::vector<CostSum> actions = cost_by_action(run, part.section);
  if (nominal_total(actions) <= 0) return "";
  return fmt::format("<h3>{}</h3>\n", part.title) + cost_table(run, part, "Action", actions) +
         details(fmt::format("{} by component", part.title),
                 cost_table(run, part, "Component", cost_by_component(run, part.section)));
}

/// Nominal energy per sample and share, action by action.
std::string compare_part(const Runs& runs, const Part& part) {
  std::vector<std::string> names;
  std::vector<std::vector<CostSum>> sums;
  for (const RunFolder& run : runs) {
    sums.push_back(cost_by_action(run, part.section));
    for (const CostSum& sum : sums.back()) {
      if (std::find(names.begin(), names.end(), sum.name) == names.end()) names.push_back(sum.name);
    }
  }
  std::vector<Comparison> rows;
  for (const std::string& name : names) {
    Comparison row{escape(name), {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const double share = share_of(sums[i], name);
      row.cells.push_back(figure(joule(share * per_sample_j(runs[i], part)), percent(share, 1)));
    }
    rows.push_back(row);
  }
  if (rows.empty()) return "";
  rows.push_back(
      compare(runs, "<b>all</b>", [&](const RunFolder& run) { return figure(joule(per_sample_j(run, part))); }));
  return fmt::format("<h3>Per {}, nominal</h3>\n", part.sample) + comparison_table(runs, rows);
}

}  // namespace

std::string energy_section(const Runs& runs) {
  std::string html;
  if (runs.size() > 1) {
    for (const Part& part : parts) {
      if (part.sample != nullptr) html += compare_part(runs, part);
    }
  }
  for (const RunFolder& run : runs) {
    std::string body;
    for (const Part& part : parts) body += part_of_run(run, part);
    if (body.empty()) body = "<p>No costs were booked.</p>\n";
    html += runs.size() > 1 ? details(run.name + ": every action, with ranges and sources", body) : body;
  }
  return section("Where the energy went", html);
}

}  // namespace settle
