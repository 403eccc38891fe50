#include "src/run/merits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/run/text_line.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(); }

// Of its logic and of its memory. The links of codes are the chip's, whatever rail they have.
bool is_of_host(const std::string& component) { return component.rfind("host", 0) == 0; }

double of_rows(const Ledger& ledger, Section section, bool with_host) {
  double joules = 0;
  for (const Ledger::Row& row : ledger.rows())
    if (row.section == section && (with_host || !is_of_host(row.component))) joules += row.energy.supplied;
  return joules;
}

// Of the analog part.
double area_mm2(const RunResult& r) {
  double area = 0;
  for (const AreaRow& row : r.area)
    if (!is_of_host(row.component)) area += row.area_m2 * 1e6;
  return area;
}

}  // namespace

double peak_power_w(const Ledger& ledger, Section section) {
  double peak = 0;
  for (const Phase phase : phases()) {
    double joules = 0;
    for (const Ledger::Row& row : ledger.rows())
      if (row.section == section && row.phase == phase && !is_of_host(row.component)) joules += row.energy.supplied;
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
  const auto reached = std::find_if(r.epochs.begin(), r.epochs.end(), [&](const EpochResult& e) {
    return r.target_accuracy > 0 && e.test_accuracy >= r.target_accuracy;
  });
  const bool hit = reached != r.epochs.end();
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
  merits["target_accuracy"] = r.target_accuracy > 0 ? Json(r.target_accuracy) : Json();
  merits["to_target_epochs"] = hit ? Json(reached->epoch) : Json();
  merits["to_target_joule"] = hit ? Json(reached->energy_j) : Json();
  merits["to_target_second"] = hit ? Json(reached->simulated_s) : Json();
  return merits;
}

double pipelined_inference_s(const RunResult& r) {
  double load = 0, circuit = 0, host = 0;
  for (const Phase phase : phases()) {
    double& stage = phase == Phase::load ? load : phase == Phase::host ? host : circuit;
    stage += r.ledger.time(Section::inference, phase).to_seconds();
  }
  return std::max({load, circuit, host});
}

Json phases_json(const Ledger& ledger) {
  Json rows = Json::array();
  for (const Section section : {Section::programming, Section::training, Section::inference})
    for (const Phase phase : phases()) {
      double joules = 0;
      for (const Ledger::Row& row : ledger.rows())
        if (row.section == section && row.phase == phase) joules += row.energy.supplied;
      const double seconds = ledger.time(section, phase).to_seconds();
      if (joules > 0 || seconds > 0)
        rows.push_back({{"section", name(section)}, {"phase", name(phase)}, {"second", seconds}, {"joule", joules}});
    }
  return rows;
}

Json design_rules_json(const RunResult& r) {
  Json rules = Json::array();
  for (const DesignRule& rule : r.rules) {
    rules.push_back({{"rule", rule.name},
                     {"where", rule.where},
                     {"value", finite(rule.value)},
                     {"limit", rule.limit},
                     {"key", rule.key},
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
                     {"loop", state.loop},
                     {"total", state.total()}});
  return noise;
}

Json clipping_json(const RunResult& r) {
  Json clipping = Json::array();
  for (const ClippedBy& by : r.clipping)
    clipping.push_back({{"component", by.component},
                        {"what", by.what},
                        {"codes", by.counts.codes},
                        {"clipped", by.counts.clipped},
                        {"share", by.counts.share()},
                        {"lost_energy", by.counts.lost_energy()}});
  return clipping;
}

std::string merits_text(const Json& summary) {
  const Json& merits = summary["merits"];
  std::string text = "figures of merit, of inference\n";
  text += text_line("energy of a multiply-add", engineering(number_of(merits["joule_per_multiply_add"]), "J"),
                    "without the host " + engineering(number_of(merits["analog_joule_per_multiply_add"]), "J"));
  text +=
      text_line("operations a second and watt",
                engineering(number_of(merits["operations_per_second_and_watt"]), "OPS/W"), "two for a multiply-add");
  text += text_line("energy times delay", engineering(number_of(merits["energy_delay_joule_second"]), "J s"));
  text += text_line("power, mean and peak", engineering(number_of(merits["inference_watt"]), "W"),
                    "peak of the analog part " + engineering(number_of(merits["peak_watt"]), "W") + ", " +
                        fmt::format("{:.2g} W/mm2", number_of(merits["peak_watt_per_mm2"])));
  if (merits["target_accuracy"].is_number()) {
    const std::string label = fmt::format("to a test accuracy of {:.3g} %", 100 * number_of(merits["target_accuracy"]));
    if (merits["to_target_epochs"].is_number())
      text += text_line(
          label, engineering(number_of(merits["to_target_joule"]), "J"),
          fmt::format("{} of simulated time, {} epochs", engineering(number_of(merits["to_target_second"]), "s"),
                      merits["to_target_epochs"].get<int>()));
    else
      text += text_line(label, "-", "not reached");
  }
  for (const Json& noise : summary["noise"])
    if (number_of(noise["total"]) > 0)
      text += text_line("noise of a state of " + noise["population"].get<std::string>(),
                        fmt::format("{:.2g}", number_of(noise["total"])), "rms, of full scale");
  return text;
}

}  // namespace settle
