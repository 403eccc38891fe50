#include "src/run/merits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/run/outputs.h"

namespace settle {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(); }

double of_rows(const Ledger& ledger, Section section, bool with_host) {
  double joules = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.section == section && (with_host || row.action->rail != Rail::digital)) joules += row.energy.supplied;
  return joules;
}

// Of the analog part.
double area_mm2(const RunResult& r) {
  double area = 0;
  for (const AreaRow& row : r.area)
    if (row.component.rfind("host", 0) != 0) area += row.area_m2 * 1e6;
  return area;
}

std::string line(const std::string& label, const std::string& value, const std::string& note = "") {
  return fmt::format("  {:<34}{:>14}{}{}\n", label, value, note.empty() ? "" : "   ", note);
}

double number(const Json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

}  // namespace

double peak_power_w(const Ledger& ledger, Section section) {
  double peak = 0;
  for (const Phase phase : phases()) {
    double joules = 0;
    for (const Ledger::Row& row : ledger.rows())
      if (row.section == section && row.phase == phase && row.action->rail != Rail::digital)
        joules += row.energy.supplied;
    const double seconds = ledger.time(section, phase).to_seconds();
    if (seconds > 0) peak = std::max(peak, joules / seconds);
  }
  return peak;
}

Json merits_json(const RunResult& r) {
  const double inferred = double(r.inferred), trained = double(r.trained);
  const double inference_j = of_rows(r.ledger, Section::inference, true) / inferred;
  const double analog_j = of_rows(r.ledger, Section::inference, false) / inferred;
  const double training_j = of_rows(r.ledger, Section::training, true) / trained;
  const double inference_s = r.ledger.time(Section::inference).to_seconds() / inferred;
  const double training_s = r.ledger.time(Section::training).to_seconds() / trained;
  const double peak_w = std::max(peak_power_w(r.ledger, Section::inference), peak_power_w(r.ledger, Section::training));
  double to_best_j = std::nan(""), best = -1;
  for (const EpochResult& e : r.epochs)
    if (e.test_accuracy > best) best = e.test_accuracy, to_best_j = e.energy_j;
  Json merits;
  merits["multiply_adds"] = r.multiply_adds;
  merits["joule_per_multiply_add"] = finite(inference_j / r.multiply_adds);
  merits["analog_joule_per_multiply_add"] = finite(analog_j / r.multiply_adds);
  merits["operations_per_second_and_watt"] = finite(2 * r.multiply_adds / inference_j);
  merits["energy_delay_joule_second"] = finite(inference_j * inference_s);
  merits["inference_watt"] = finite(inference_j / inference_s);
  merits["training_watt"] = finite(training_j / training_s);
  merits["peak_watt"] = finite(peak_w);
  merits["peak_watt_per_mm2"] = finite(peak_w / area_mm2(r));
  merits["epoch_joule"] = finite(training_j * double(r.train_samples));
  merits["to_best_epoch_joule"] = finite(to_best_j);
  return merits;
}

Json design_rules_json(const RunResult& r) {
  Json rules = Json::array();
  for (const DesignRule& rule : r.rules) {
    rules.push_back({{"rule", rule.name},
                     {"where", rule.where},
                     {"value", finite(rule.value)},
                     {"limit", rule.limit},
                     {"unit", rule.unit},
                     {"broken", rule.broken()}});
    if (rule.broken()) rules.back()["remedy"] = rule.remedy;
  }
  return rules;
}

Json noise_json(const RunResult& r) {
  Json noise = Json::array();
  for (const StateNoise& state : r.noise)
    noise.push_back({{"population", state.population},
                     {"drive", state.drive},
                     {"hold", state.hold},
                     {"extra", state.extra},
                     {"total", state.total()}});
  return noise;
}

std::string merits_text(const Json& summary) {
  const Json& merits = summary["merits"];
  std::string text = "figures of merit, of inference\n";
  text += line("energy of a multiply-add", engineering(number(merits["joule_per_multiply_add"]), "J"),
               "without the host " + engineering(number(merits["analog_joule_per_multiply_add"]), "J"));
  text += line("operations a second and watt", engineering(number(merits["operations_per_second_and_watt"]), "OPS/W"),
               "two for a multiply-add");
  text += line("energy times delay", engineering(number(merits["energy_delay_joule_second"]), "J s"));
  text += line("power, mean and peak", engineering(number(merits["inference_watt"]), "W"),
               "peak of the analog part " + engineering(number(merits["peak_watt"]), "W") + ", " +
                   fmt::format("{:.2g} W/mm2", number(merits["peak_watt_per_mm2"])));
  for (const Json& noise : summary["noise"])
    if (number(noise["total"]) > 0)
      text += line("noise of a state of " + noise["population"].get<std::string>(),
                   fmt::format("{:.2g}", number(noise["total"])), "rms, of full scale");
  for (const Json& rule : summary["design_rules"])
    if (rule["broken"].get<bool>())
      text += fmt::format("design rule broken: {}{}: {:.3g} {}, limit {:.3g}: {}\n", rule["rule"].get<std::string>(),
                          rule["where"].get<std::string>().empty() ? "" : " (" + rule["where"].get<std::string>() + ")",
                          number(rule["value"]), rule["unit"].get<std::string>(), number(rule["limit"]),
                          rule["remedy"].get<std::string>());
  return text;
}

}  // namespace settle
