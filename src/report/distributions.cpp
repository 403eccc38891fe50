#include "src/report/distributions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "src/report/document.h"
#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

using nlohmann::json;

json known(double value) { return std::isfinite(value) ? json(value) : json(); }

bool has_noise(const ReportedRun& run) {
  const json& noise = member(run.summary, "noise");
  return noise.is_array() && !noise.empty();
}

}  // namespace

json histograms_of(const ReportedRun& run) {
  json list = json::array();
  for (const HistogramOfRun& h : run.histograms)
    list.push_back({{"quantity", h.quantity},
                    {"where", h.where},
                    {"when", h.when},
                    {"unit", h.unit},
                    {"low", h.low},
                    {"high", h.high},
                    {"count", h.count}});
  return list;
}

json noise_of_populations(const ReportedRun& run) {
  json list = json::array();
  if (!has_noise(run)) return list;
  for (const json& state : member(run.summary, "noise")) {
    json row = {{"population", member(state, "population")}};
    for (const char* part : {"drive", "hold", "extra", "loop", "total"})
      row[part] = known(number_or_nan(member(state, part)));
    for (const SignalOfRun& signal : run.signals) {
      if (row["population"] != signal.population) continue;
      row["signal"] = known(signal.signal);
      row["difference_noise"] = known(signal.noise);
    }
    list.push_back(row);
  }
  return list;
}

json ledger_of(const ReportedRun& run) {
  std::map<std::string, double> all_j;  // of a section
  std::map<std::array<std::string, 3>, double> joules;
  std::vector<std::array<std::string, 3>> order;
  for (const CostRow& row : run.costs) {
    const std::array<std::string, 3> key = {row.section, row.phase, row.action};
    if (joules.count(key) == 0) order.push_back(key);
    joules[key] += row.energy_j[1];
    all_j[row.section] += row.energy_j[1];
  }
  const auto of_a_sample = [&](const std::string& section) {
    const char* key = section == "training"    ? "per_training_sample"
                      : section == "inference" ? "per_inference"
                                               : nullptr;
    const double sample_j = key == nullptr ? NAN : run.number({"energy_joule", key, "nominal"});
    return std::isfinite(sample_j) && all_j[section] > 0 ? sample_j / all_j[section] : 1;
  };
  json list = json::array();
  for (const auto& key : order)
    list.push_back({{"section", key[0]},
                    {"phase", key[1]},
                    {"action", key[2]},
                    {"joule", known(joules[key] * of_a_sample(key[0]))}});
  return list;
}

std::string distributions_section(const Runs& runs) {
  const bool none =
      std::all_of(runs.begin(), runs.end(), [](const ReportedRun& run) { return run.histograms.empty(); });
  if (none) return "";
  return section("How weights and times are spread",
                 "<div class=\"charts\">" + figure_place("weights", "Weights as written: initial dashed, final solid") +
                     figure_place("conductances", "Conductances of the cells, likewise") +
                     figure_place("settling-times", "Settling times of training samples, final weights") + "</div>\n");
}

std::string signal_section(const Runs& runs) {
  if (std::none_of(runs.begin(), runs.end(), has_noise)) return "";
  const bool analysed =
      std::any_of(runs.begin(), runs.end(), [](const ReportedRun& run) { return !run.signals.empty(); });
  const char* about =
      analysed
          ? "<p class=\"note\">Rms, in fractions of full scale. The signal is what the nudge moves a population "
            "by.</p>\n"
          : "<p class=\"note\">Rms, in fractions of full scale. With <code>settle analyze --run RUN --out "
            "RUN/analysis</code> before <code>settle report</code>, the signal that the nudge makes is here too.</p>\n";
  return section("Signal and noise by layer", about + figure_place("noise", "Signal and noise of each population"));
}

}  // namespace settle
