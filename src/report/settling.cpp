// Latency, settling and stability.
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

constexpr const char* about_radius =
    "<p class=\"note\">The spectral radius is the factor by which one step around the loop of populations and "
    "projections "
    "scales the slowest part of a disturbance. Below one the loop settles, the sooner the smaller it is; above one it "
    "need not. "
    "Where the largest coupling is below 0.98 there is one equilibrium, and no sample has to be followed. "
    "<b>Bare</b> is of the weights alone; <b>settled</b> includes the neurons' slopes at equilibrium, which are "
    "smaller where they saturate.</p>\n";

std::string judge(const ReportedRun& run) {
  const double bare = run.number({"spectral_radius"});
  const double settled = run.number({"spectral_radius_settled"});
  if (run.number({"settling", "unsettled_fraction"}) > 0) return "not every phase settled within the steps allowed";
  if (!std::isfinite(settled)) return dash;
  if (settled >= 1) return "not below one: the loop need not settle";
  if (bare >= 1) return "settles, because neurons saturate: the bare weights need not";
  if (settled > 0.9) return "settles, but slowly: close to one";
  return "settles";
}

/// "3 of 240", flagged where it is not none.
std::string counted(const ReportedRun& run, const char* some, const char* all) {
  const double of_all = run.number({"settling", all}), found = run.number({"settling", some});
  if (!(of_all > 0)) return dash;
  const std::string text = fmt::format("{:.0f} of {:.0f}", found, of_all);
  return found > 0 ? fmt::format("<span class=\"flag\">{}: set settling.start = \"reset\"</span>", text) : text;
}

/// The time of a named part in latency_parts.
double latency_part(const ReportedRun& run, const std::string& name) {
  const nlohmann::json& list = member(run.summary, "latency_parts");
  if (list.is_array()) {
    for (const auto& part : list) {
      if (member(part, "section") == name) return number_or_nan(member(part, "second"));
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::string> latency_part_names(const Runs& runs) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const ReportedRun& run : runs) {
    const nlohmann::json& list = member(run.summary, "latency_parts");
    if (!list.is_array()) continue;
    for (const auto& part : list) {
      const nlohmann::json& name = member(part, "section");
      if (name.is_string() && seen.insert(name.get<std::string>()).second) names.push_back(name.get<std::string>());
    }
  }
  return names;
}

}  // namespace

std::string latency_section(const Runs& runs) {
  const auto latency = [](const char* of) {
    return [of](const ReportedRun& run) { return second(run.number({"latency_second", of})); };
  };
  std::vector<ComparedRow> rows = {compare(runs, "Per inference", latency("per_inference")),
                                   compare(runs, "One after another, pipelined", latency("per_inference_pipelined")),
                                   compare(runs, "Per training sample", latency("per_training_sample")),
                                   compare(runs, "Whole run", latency("total"))};
  for (const std::string& name : latency_part_names(runs)) {
    rows.push_back(compare(runs, "<span class=\"part\">of which " + escape(name) + "</span>",
                           [&](const ReportedRun& run) { return second(latency_part(run, name)); }));
  }
  return section("Latency",
                 "<p class=\"note\">Simulated time: the hardware takes samples one by one. Pipelined, the next "
                 "sample is loaded while one settles, and the host finishes with the one before: the "
                 "longest of the three is the time between two.</p>\n" +
                     comparison_table(runs, rows));
}

std::string settling_section(const Runs& runs) {
  const auto settling = [&](const char* label, const char* key, std::string (*write)(double)) {
    return compare(runs, label, [=](const ReportedRun& run) { return write(run.number({"settling", key})); });
  };
  const auto radius = [&](const char* label, const char* key) {
    return compare(runs, label, [=](const ReportedRun& run) { return plain(run.number({key})); });
  };
  return section(
      "Settling and stability",
      comparison_table(
          runs, {settling("Free phase, steps (mean)", "free_steps_mean", plain),
                 settling("Free phase of an inference, time", "read_second", second),
                 settling("Free phase of a training sample, time", "free_second", second),
                 settling("Clamped phase, steps (mean)", "clamped_steps_mean", plain),
                 settling("Clamped phase, time", "clamped_second", second),
                 settling("Phases not settled within the steps allowed", "unsettled_fraction",
                          [](double fraction) { return percent(fraction); }),
                 settling("of them in a cycle of two states", "cycle_fraction",
                          [](double fraction) { return percent(fraction); }),
                 compare(runs, "Samples followed in time that settle elsewhere",
                         [](const ReportedRun& run) { return counted(run, "checked_elsewhere", "checked_samples"); }),
                 settling("Largest coupling of the loop", "coupling", plain),
                 radius("Spectral radius, bare", "spectral_radius"),
                 radius("Spectral radius, settled", "spectral_radius_settled"),
                 compare(runs, "The loop",
                         [](const ReportedRun& run) { return "<span class=\"words\">" + judge(run) + "</span>"; }),
                 compare(runs, "Write pulses in the run",
                         [](const ReportedRun& run) { return count(run.number({"pulses_total"})); })}) +
          about_radius);
}

}  // namespace settle
