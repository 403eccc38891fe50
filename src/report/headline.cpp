// The figures people look for first.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

constexpr const char* about_estimates =
    "<p class=\"note\">Energy, latency and area are estimates for the chip in the configuration, not measurements. "
    "Each energy and area has a nominal figure, with every assumption at its median, and below it the range from the "
    "5th to the 95th percentile when all uncertain figures are drawn from their distributions. What the configuration "
    "states as one number, such as "
    "voltages and conductances, counts as exact.</p>\n";

double mean_seconds_per_epoch(const ReportedRun& run) {
  const nlohmann::json& seconds = member(run.summary, "seconds_per_epoch");
  double sum = 0;
  double taken = 0;
  if (seconds.is_array()) {
    for (const auto& value : seconds) {
      if (!value.is_number()) continue;
      sum += value.get<double>();
      ++taken;
    }
  }
  return taken > 0 ? sum / taken : std::numeric_limits<double>::quiet_NaN();
}

std::string test_accuracy(const ReportedRun& run) {
  std::string below = "best; last " + percent(run.number({"test_accuracy", "last"}));
  if (const double rested = run.number({"test_accuracy", "rested"}); std::isfinite(rested))
    below += "; after its rest " + percent(rested);
  const auto drawn = [&](const char* of) { return run.number({"drawn_accuracy", of}); };
  if (drawn("draws") > 0)
    below += fmt::format("; {} to {} on {} chips with figures drawn", percent(drawn("p5")), percent(drawn("p95")),
                         count(drawn("draws")));
  return figure(percent(run.number({"test_accuracy", "best"})), below);
}

std::string wall_clock(const ReportedRun& run) {
  const double rate = run.number({"samples_per_second"});
  return figure(second(mean_seconds_per_epoch(run)), count(rate) + " samples a second");
}

std::vector<ComparedRow> headline_figures(const Runs& runs) {
  const auto energy = [](const char* of) {
    return [of](const ReportedRun& run) { return figure(run.estimate({"energy_joule", of}), joule); };
  };
  const auto latency = [](const char* of) {
    return [of](const ReportedRun& run) { return figure(second(run.number({"latency_second", of}))); };
  };
  return {
      compare(runs, "Test accuracy", test_accuracy),
      compare(runs, "Train accuracy", [](const auto& run) { return figure(percent(run.number({"train_accuracy"}))); }),
      compare(runs, "Energy per inference", energy("per_inference")),
      compare(runs, "Energy per training sample", energy("per_training_sample")),
      compare(runs, "Energy in total", energy("total")),
      compare(runs, "Latency per inference", latency("per_inference")),
      compare(runs, "Latency per training sample", latency("per_training_sample")),
      compare(runs, "Simulated time", latency("total")),
      compare(runs, "Area", [](const auto& run) { return figure(run.estimate({"area_m2"}), square_metre); }),
      compare(runs, "Wall clock per epoch", wall_clock),
  };
}

}  // namespace

std::string headline_section(const Runs& runs) {
  const std::vector<ComparedRow> figures = headline_figures(runs);
  if (runs.size() > 1) return section("Figures", comparison_table(runs, figures) + about_estimates);
  std::string html = "<dl class=\"cards\">\n";
  for (const ComparedRow& row : figures) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", row.label, row.cells[0]);
  }
  return "<section>\n" + html + "</dl>\n" + about_estimates + "</section>\n";
}

}  // namespace settle
