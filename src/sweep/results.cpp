#include "src/sweep/results.h"

#include <fmt/format.h>

#include "src/sweep/fields.h"

namespace settle {
namespace {

using nlohmann::json;

struct Column {
  const char* name;
  const char* where;  // in summary.json
};

const Column figures[] = {
    {"test_accuracy_best", "/test_accuracy/best"},
    {"best_epoch", "/test_accuracy/best_epoch"},
    {"test_accuracy_last", "/test_accuracy/last"},
    {"train_accuracy", "/train_accuracy"},
    {"epochs", "/epochs"},
    {"free_steps_mean", "/settling/free_steps_mean"},
    {"clamped_steps_mean", "/settling/clamped_steps_mean"},
    {"unsettled_fraction", "/settling/unsettled_fraction"},
    {"cycle_fraction", "/settling/cycle_fraction"},
    {"elsewhere_fraction", "/settling/elsewhere_fraction"},
    {"read_settling_second", "/settling/read_second"},
    {"free_settling_second", "/settling/free_second"},
    {"clamped_settling_second", "/settling/clamped_second"},
    {"spectral_radius", "/spectral_radius"},
    {"spectral_radius_settled", "/spectral_radius_settled"},
    {"inference_joule", "/energy_joule/per_inference/nominal"},
    {"training_sample_joule", "/energy_joule/per_training_sample/nominal"},
    {"total_joule", "/energy_joule/total/nominal"},
    {"inference_second", "/latency_second/per_inference"},
    {"training_sample_second", "/latency_second/per_training_sample"},
    {"total_second", "/latency_second/total"},
    {"pulses", "/pulses_total"},
};

// The columns about the trained network's loop, from analysis/stability.csv.
const char* const of_loop[] = {"lyapunov_per_step", "convergence_step", "samples_settled", "samples_cycling", "rest_s"};

std::string number_at(const json& summary, const char* where) {
  const json::json_pointer pointer(where);
  return summary.is_object() && summary.contains(pointer) && summary.at(pointer).is_number()
             ? summary.at(pointer).dump()
             : "";
}

const char* name(PointState state) {
  switch (state) {
    case PointState::missing:
      return "missing";
    case PointState::done:
      return "done";
    case PointState::failed:
      return "failed";
  }
  return "";
}

std::string seconds_of_training(const json& summary) {
  return summary.is_null() ? "" : fmt::format("{:.4g}", training_wall_seconds(summary));
}

}  // namespace

std::string results_csv(const SweepFile& sweep, const std::vector<Point>& points,
                        const std::vector<PointResult>& results) {
  std::string text = "point,case" + grid_header(sweep.grid) + ",seed,state";
  for (const Column& column : figures) text += fmt::format(",{}", column.name);
  if (sweep.analyze)
    for (const char* column : of_loop) text += fmt::format(",{}", column);
  text += ",training_wall_second,wall_second\n";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& p = points[i];
    const PointResult& r = results[i];
    text += fmt::format("{},{}{},{},{}", p.id, field(p.case_name), grid_fields(p.values), p.seed, name(r.state));
    const json summary = r.state == PointState::done ? r.summary : json();
    for (const Column& column : figures) text += "," + number_at(summary, column.where);
    if (sweep.analyze)
      for (const char* column : of_loop) text += "," + (r.stability.count(column) > 0 ? r.stability.at(column) : "");
    text += fmt::format(",{},{}\n", seconds_of_training(summary),
                        r.state == PointState::missing ? "" : fmt::format("{:.4g}", r.seconds));
  }
  return text;
}

}  // namespace settle
