// The energy and where it went: by action and by component, for training and for inference.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/report/cost_sums.h"
#include "src/report/document.h"
#include "src/report/html.h"
#include "src/report/phase_table.h"
#include "src/report/sections.h"

namespace settle {
namespace {

/// A part of a run, and the key of its energy in summary.json: per sample where it has samples, else all of it.
struct Part {
  const char* section;
  const char* title;
  const char* key;
  const char* sample;  // null: has no samples
};
constexpr Part parts[] = {{"training", "Training", "per_training_sample", "training sample"},
                          {"inference", "Inference", "per_inference", "inference"},
                          {"programming", "Programming before training", "programming", nullptr}};

double per_sample_j(const ReportedRun& run, const Part& part) {
  return run.number({"energy_joule", part.key, "nominal"});
}

/// All energy of the part, whose nominal value is `nominal_j`. Percentiles of a sum are not sums of percentiles, but in
/// proportion to those of a sample.
Estimate all_energy(const ReportedRun& run, const Part& part, double nominal_j) {
  const Estimate energy = run.estimate({"energy_joule", part.key});
  return {energy[0] / energy[1] * nominal_j, nominal_j, energy[2] / energy[1] * nominal_j};
}

std::string name_with_source(const CostSum& sum) {
  const std::string source = sum.source.empty() ? "" : fmt::format("<small>{}</small>", escape(sum.source));
  return escape(sum.name) + source;
}

enum class Of { action, component };

std::string cost_table(const ReportedRun& run, const Part& part, Of of) {
  const bool by_action = of == Of::action;  // counts of different actions do not add up
  const std::vector<CostSum> sums =
      by_action ? cost_by_action(run, part.section) : cost_by_component(run, part.section);
  std::vector<Column> columns = {{by_action ? "Action" : "Component", false}, {"Share", false}};
  if (part.sample != nullptr) columns.push_back({std::string("Per ") + part.sample, true});
  columns.push_back({"Whole run", true});
  if (by_action) columns.push_back({"Count", true});

  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& name, double share, const Estimate& energy, const std::string& count) {
    rows.push_back({name, share_bar(share)});
    if (part.sample != nullptr) rows.back().push_back(joule(share * per_sample_j(run, part)));
    rows.back().push_back(figure(energy, joule));
    if (by_action) rows.back().push_back(count);
  };
  for (const CostSum& sum : sums)
    add(name_with_source(sum), share_of(sums, sum.name), sum.energy_j, figure(count(sum.count), sum.unit));
  add("<b>all</b>", 1, all_energy(run, part, nominal_total(sums)), "");
  return table("costs", columns, rows);
}

std::string part_of_run(const ReportedRun& run, const Part& part) {
  if (nominal_total(cost_by_action(run, part.section)) <= 0) return "";
  const double all_j = nominal_total(cost_by_action(run, part.section));
  const double samples = part.sample != nullptr ? all_j / per_sample_j(run, part) : 1;
  return fmt::format("<h3>{}</h3>\n", part.title) + phase_table(run, part.section, samples) +
         cost_table(run, part, Of::action) +
         details(fmt::format("{} by component", part.title), cost_table(run, part, Of::component));
}

/// Nominal energy per sample and share, action by action.
std::string compare_part(const Runs& runs, const Part& part) {
  std::vector<std::string> names;
  std::vector<std::vector<CostSum>> sums;
  for (const ReportedRun& run : runs) {
    sums.push_back(cost_by_action(run, part.section));
    for (const CostSum& sum : sums.back()) {
      if (std::find(names.begin(), names.end(), sum.name) == names.end()) names.push_back(sum.name);
    }
  }
  std::vector<ComparedRow> rows;
  for (const std::string& name : names) {
    ComparedRow row{escape(name), {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const double share = share_of(sums[i], name);
      row.cells.push_back(figure(joule(share * per_sample_j(runs[i], part)), share_percent(share)));
    }
    rows.push_back(row);
  }
  if (rows.empty()) return "";
  rows.push_back(
      compare(runs, "<b>all</b>", [&](const ReportedRun& run) { return figure(joule(per_sample_j(run, part))); }));
  return fmt::format("<h3>Per {}, nominal</h3>\n", part.sample) + comparison_table(runs, rows);
}

}  // namespace

std::string energy_section(const Runs& runs) {
  std::string html = "<div class=\"charts\">" + figure_place("ledger-training", "A training sample, phase by phase") +
                     figure_place("ledger-inference", "An inference, phase by phase") + "</div>\n";
  if (runs.size() > 1) {
    for (const Part& part : parts) {
      if (part.sample != nullptr) html += compare_part(runs, part);
    }
  }
  for (const ReportedRun& run : runs) {
    std::string body;
    for (const Part& part : parts) body += part_of_run(run, part);
    if (body.empty()) body = "<p>No costs were booked.</p>\n";
    html += runs.size() > 1 ? details(run.name + ": every action, with ranges and sources", body) : body;
  }
  return section("Where the energy went", html);
}

}  // namespace settle
