#include "src/run/outputs.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <map>

#include <fmt/format.h>

#include "settle/models/cost/monte_carlo.h"
#include "src/config/write.h"
#include "src/run/learned.h"
#include "src/run/merits.h"
#include "src/run/program.h"
#include "src/run/run_folder.h"
#include "src/run/text_line.h"
#include "src/run/warnings.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

using Json = nlohmann::ordered_json;

Json json(const Spread& s) { return {{"nominal", s.nominal}, {"p5", s.p5}, {"p50", s.p50}, {"p95", s.p95}}; }

// A mean over samples; null when there were none.
template <class Value>
Json per(const Value& value, double samples) {
  if (samples <= 0) return nullptr;
  if constexpr (std::is_same_v<Value, Spread>) {
    return json(value * (1 / samples));
  } else {
    return value / samples;
  }
}

// The first of the best epochs; there is at least one.
const EpochResult& best_epoch(const std::vector<EpochResult>& epochs) {
  return *std::max_element(epochs.begin(), epochs.end(), [](const EpochResult& a, const EpochResult& b) {
    return a.test_accuracy < b.test_accuracy;
  });
}

void append(Terms& terms, const Terms& more) { terms.insert(terms.end(), more.begin(), more.end()); }

Terms energy_of(const RunResult& r, std::initializer_list<Section> sections) {
  Terms terms;
  for (const Ledger::Row& row : r.ledger.rows())
    if (std::count(sections.begin(), sections.end(), row.section) > 0) append(terms, terms_of(row, r.analog_area));
  return terms;
}

Terms area_of(const RunResult& r) {
  Terms terms;
  for (const AreaRow& row : r.area) append(terms, terms_of(row));
  return terms;
}

Json area_json(const std::vector<AreaRow>& area, const MonteCarlo& monte_carlo) {
  Json rows = Json::array();
  for (const AreaRow& row : area) {
    rows.push_back({{"component", row.component}, {"count", row.count}});
    rows.back().update(json(monte_carlo.spread(terms_of(row))));
  }
  return rows;
}

// What each figure does to a sum, as factors.
Json swings_json(const Figures& figures, const Terms& terms) {
  Json rows = Json::array();
  for (const Swing& s : swings(figures, terms))
    rows.push_back({{"figure", s.figure}, {"low", s.low}, {"high", s.high}});
  return rows;
}

Json figures_json(const Figures& figures) {
  Json records = Json::object();
  for (const auto& [key, figure] : figures.all()) {
    Json& record = records[key];
    record = {{"low", figure.value[0]}, {"nominal", figure.value[1]}, {"high", figure.value[2]}};
    if (!figure.provenance) continue;
    const Provenance& p = *figure.provenance;
    record.update({{"distribution", name(p.distribution)},
                   {"unit", p.unit},
                   {"evidence", name(p.evidence)},
                   {"source", p.source},
                   {"node_nm", p.node_nm},
                   {"supply_v", p.supply_v},
                   {"temperature_k", p.temperature_k}});
  }
  return records;
}

Json confusion_json(const Matrix<std::int64_t>& confusion) {
  Json rows = Json::array();
  for (Index i = 0; i < confusion.rows(); ++i) {
    Json row = Json::array();
    for (Index j = 0; j < confusion.cols(); ++j) row.push_back(confusion(i, j));
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> class_names(const std::string& data, Index classes) {
  if (data == "fashion-mnist" && classes == 10)
    return {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};
  std::vector<std::string> names;
  for (Index c = 0; c < classes; ++c) names.push_back(std::to_string(c));
  return names;
}

std::string range(const Json& spread, const std::string& unit) {
  if (!spread.is_object()) return "";
  return fmt::format("({} to {})", engineering(spread["p5"], unit), engineering(spread["p95"], unit));
}

// The figures that move a headline most; those that move it by less than a hundredth in all are left out.
std::string hangs_on(const Json& swings) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, swings.size()); ++i) {
    const double low = swings[i]["low"], high = swings[i]["high"];
    if (std::abs(high - low) >= 0.01)
      text += fmt::format("    hangs on {} (x {:.3g} to {:.3g})\n", swings[i]["figure"].get<std::string>(),
                          std::min(low, high), std::max(low, high));
  }
  return text;
}

std::string any_number(const Json& value) {
  return value.is_number() ? fmt::format("{:.3f}", value.get<double>()) : "-";
}

// The actions of one section, the dearest first, in percent of its energy.
std::string shares(const Ledger& ledger, Section section) {
  std::map<std::string, double> by_action;
  for (const Ledger::Row& row : ledger.rows())
    if (row.section == section) by_action[row.action->name] += row.energy.supplied;
  std::vector<std::pair<std::string, double>> sorted(by_action.begin(), by_action.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  const double total = ledger.total(section).supplied;
  std::string text;
  for (const auto& [name, energy] : sorted)
    if (energy >= 0.001 * total) text += text_line("  " + name, fmt::format("{:.1f} %", 100 * energy / total));
  return text;
}

}  // namespace

std::string remedy_in_time(const Configuration& c) {
  if (c.neuron.slew_v_per_s > 0) return "raise neuron.slew_v_per_s, or lower network.beta";
  if (c.settling.time_step_s >= c.neuron.tau_s) return "settling.time_step_s below neuron.tau_s, or lower network.beta";
  return "lower network.beta, or raise settling.tolerance";
}

std::string metrics_csv(const std::vector<EpochResult>& epochs) {
  std::string text =
      "epoch,train_loss,train_accuracy,test_loss,test_accuracy,seconds,simulated_second,energy_joule,pulses,free_steps_"
      "mean,"
      "clamped_steps_mean,unsettled_fraction,cycle_fraction,elsewhere_fraction,read_settling_second,free_settling_"
      "second,"
      "clamped_settling_"
      "second,"
      "spectral_radius_settled,coupling,checked_samples,checked_elsewhere,clipped_states,clipped_differences,"
      "clipped_energy,forward_settling_second\n";
  for (const EpochResult& e : epochs)
    text += fmt::format(
        "{},{},{},{},{},{:.4g},{},{},{},{},{},{},{},{},{},{},{},{},{:.6g},{},{},{:.6g},{:.6g},{:.6g},{}\n", e.epoch,
        e.train_loss, e.train_accuracy, e.test_loss, e.test_accuracy, e.seconds, e.simulated_s, e.energy_j, e.pulses,
        e.free_steps_mean, e.clamped_steps_mean, e.unsettled_fraction, e.cycle_fraction, e.elsewhere_fraction,
        e.read_settling_s, e.free_settling_s, e.clamped_settling_s, e.spectral_radius_settled, e.coupling, e.checked,
        e.checked_elsewhere, e.clipped_states, e.clipped_differences, e.clipped_energy, e.forward_settling_s);
  return text;
}

void take_seconds(const std::filesystem::path& metrics, std::vector<EpochResult>& epochs) {
  constexpr int column = 5;
  std::ifstream file(metrics);
  std::string line;
  std::getline(file, line);
  for (EpochResult& epoch : epochs) {
    if (!std::getline(file, line)) return;
    std::size_t at = 0;
    for (int i = 0; i < column && at != std::string::npos; ++i) at = line.find(',', at + (i > 0));
    if (at != std::string::npos) epoch.seconds = std::strtod(line.c_str() + at + 1, nullptr);
  }
}

std::string costs_csv(const RunResult& r, std::uint64_t seed) {
  const MonteCarlo monte_carlo(r.figures, seed);
  std::string text =
      "section,phase,component,action,unit,count,seconds,rail,energy_nominal_joule,energy_p5_joule,energy_p95_joule,"
      "dissipated_joule,stored_joule,source\n";
  for (const Ledger::Row& row : r.ledger.rows()) {
    const Action& action = *row.action;
    const Spread supplied = monte_carlo.spread(terms_of(row, r.analog_area));
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},\"{}\"\n", name(row.section), name(row.phase),
                        row.component, action.name, action.unit, row.count, row.seconds, name(action.rail),
                        row.energy.supplied, supplied.p5, supplied.p95, row.energy.dissipated, row.energy.stored,
                        action.source);
  }
  return text;
}

namespace {

void add_accuracy(Json& s, const RunResult& r) {
  const bool any = !r.epochs.empty();
  Json seconds = Json::array();
  double training_seconds = 0;
  for (const EpochResult& e : r.epochs) {
    seconds.push_back(e.seconds);
    training_seconds += e.seconds;
  }
  s["test_accuracy"] = {{"best", any ? Json(best_epoch(r.epochs).test_accuracy) : Json()},
                        {"best_epoch", any ? Json(best_epoch(r.epochs).epoch) : Json()},
                        {"last", any ? Json(r.epochs.back().test_accuracy) : Json()},
                        {"rested", r.rested_accuracy ? Json(*r.rested_accuracy) : Json()}};  // null: run.rest_s is 0
  // null: none was drawn
  s["drawn_accuracy"] = r.accuracy_draws > 0 ? json(r.accuracy) : Json();
  if (r.accuracy_draws > 0) s["drawn_accuracy"]["draws"] = r.accuracy_draws;
  s["train_accuracy"] = any ? Json(r.epochs.back().train_accuracy) : Json();
  s["epochs"] = r.epochs.size();
  s["seconds_per_epoch"] = seconds;
  s["samples_per_second"] = any ? Json(double(r.train_samples) * double(r.epochs.size()) / training_seconds) : Json();
}

void add_costs(Json& s, const RunResult& r, std::uint64_t seed) {
  const MonteCarlo monte_carlo(r.figures, seed);
  const Terms inference = energy_of(r, {Section::inference}), training = energy_of(r, {Section::training});
  const Terms programming = energy_of(r, {Section::programming});
  const Terms all = energy_of(r, {Section::programming, Section::training, Section::inference}), area = area_of(r);
  const double trained = double(r.trained), inferred = double(r.inferred);
  const auto seconds_of = [&](Section section) { return r.ledger.time(section).to_seconds(); };

  s["energy_joule"] = {{"per_inference", per(monte_carlo.spread(inference), inferred)},
                       {"per_training_sample", per(monte_carlo.spread(training), trained)},
                       {"programming", json(monte_carlo.spread(programming))},
                       {"total", json(monte_carlo.spread(all))}};
  s["latency_second"] = {{"per_inference", per(seconds_of(Section::inference), inferred)},
                         {"per_inference_pipelined", per(pipelined_inference_s(r), inferred)},
                         {"per_training_sample", per(seconds_of(Section::training), trained)},
                         {"total", r.ledger.time().to_seconds()}};
  s["phases"] = phases_json(r.ledger);
  s["latency_parts"] = Json::array();
  for (const Section section : {Section::programming, Section::training, Section::inference})
    s["latency_parts"].push_back({{"section", name(section)}, {"second", seconds_of(section)}});
  s["area_m2"] = json(monte_carlo.spread(area));
  s["area"] = area_json(r.area, monte_carlo);
  s["hangs_on"] = {{"per_inference", swings_json(r.figures, inference)},
                   {"per_training_sample", swings_json(r.figures, training)},
                   {"total", swings_json(r.figures, all)},
                   {"area", swings_json(r.figures, area)}};
  s["figures"] = figures_json(r.figures);
}

void add_settling(Json& s, const RunResult& r) {
  const bool any = !r.epochs.empty();
  const EpochResult last = any ? r.epochs.back() : EpochResult{};
  const auto of_last = [&](double value) { return any ? Json(value) : Json(); };
  s["settling"] = {{"free_steps_mean", of_last(last.free_steps_mean)},
                   {"clamped_steps_mean", of_last(last.clamped_steps_mean)},
                   {"unsettled_fraction", of_last(last.unsettled_fraction)},
                   {"cycle_fraction", of_last(last.cycle_fraction)},
                   {"elsewhere_fraction", of_last(last.elsewhere_fraction)},
                   {"coupling", any && std::isfinite(last.coupling) ? Json(last.coupling) : Json()},
                   {"checked_samples", of_last(last.checked)},
                   {"checked_elsewhere", of_last(last.checked_elsewhere)},
                   {"forward_second", of_last(last.forward_settling_s)},
                   {"read_second", of_last(last.read_settling_s)},
                   {"free_second", of_last(last.free_settling_s)},
                   {"clamped_second", of_last(last.clamped_settling_s)}};
  s["spectral_radius"] = r.spectral_radius;
  s["spectral_radius_settled"] = of_last(last.spectral_radius_settled);
}

void add_writing(Json& s, const RunResult& r) {
  s["pulses_total"] = r.pulses;
  if (r.written.weights > 0)  // null: exact devices are not written by pulses
    s["write_error"] = {{"apparent_rms", r.written.apparent_rms()}, {"hidden_rms", r.written.hidden_rms()}};
  else
    s["write_error"] = Json();
  s["saturated_updates"] = std::isfinite(r.saturated_share) ? Json(r.saturated_share) : Json();
}

}  // namespace

Json summary_json(const Configuration& c, const RunResult& r) {
  Json s;
  add_accuracy(s, r);
  add_costs(s, r, std::uint64_t(c.run.seed));
  add_settling(s, r);
  add_writing(s, r);
  s["network"] = r.network;
  s["data"] = {{"name", r.data_name}, {"train_samples", r.train_samples}, {"test_samples", r.test_samples}};
  s["confusion"] = confusion_json(r.confusion);
  s["class_names"] = class_names(r.data_name, r.confusion.rows());
  s["merits"] = merits_json(r);
  s["noise"] = noise_json(r);
  s["clipping"] = clipping_json(r);
  s["design_rules"] = design_rules_json(r);
  s["warnings"] = warnings_json(warnings(c, r));
  const std::optional<bool> learned = has_learned(c, r);
  s["learned"] = learned ? Json(*learned) : Json();  // null: that cannot be told
  s["interrupted"] = r.interrupted;
  s["seed"] = c.run.seed;
  s["config_sha256"] = sha256(resolved_configuration(c));
  s["version"] = SETTLE_VERSION;
  s["program"] = program_json();  // these two differ between equal runs (docs/reproducibility.md)
  s["machine"] = machine_json();
  return s;
}

std::string final_table(const Json& s, const Ledger& ledger) {
  const auto percent = [](const Json& v) {
    return v.is_number() ? fmt::format("{:.2f} %", 100 * v.get<double>()) : "-";
  };
  const Json &energy = s["energy_joule"], &latency = s["latency_second"];
  const auto nominal = [](const Json& e) { return e.is_object() ? number_of(e["nominal"]) : std::nan(""); };
  std::string text = "\naccuracy\n";
  text += text_line("test, best epoch", percent(s["test_accuracy"]["best"]));
  text += text_line("test, last epoch", percent(s["test_accuracy"]["last"]));
  if (!s["test_accuracy"]["rested"].is_null())
    text += text_line("  after its rest", percent(s["test_accuracy"]["rested"]));
  if (s["drawn_accuracy"].is_object())
    text += text_line("  on chips with figures drawn", percent(s["drawn_accuracy"]["p50"]),
                      fmt::format("({} to {}, of {} chips)", percent(s["drawn_accuracy"]["p5"]),
                                  percent(s["drawn_accuracy"]["p95"]), s["drawn_accuracy"]["draws"].get<Index>()));
  text += text_line("training, last epoch", percent(s["train_accuracy"]));
  text += "energy, of the simulated chip (5th to 95th percentile)\n";
  text += text_line("one inference", engineering(nominal(energy["per_inference"]), "J"),
                    range(energy["per_inference"], "J"));
  text += shares(ledger, Section::inference) + hangs_on(s["hangs_on"]["per_inference"]);
  text += text_line("one training sample", engineering(nominal(energy["per_training_sample"]), "J"),
                    range(energy["per_training_sample"], "J"));
  text += shares(ledger, Section::training) + hangs_on(s["hangs_on"]["per_training_sample"]);
  text += text_line("the whole run", engineering(nominal(energy["total"]), "J"), range(energy["total"], "J"));
  text += "latency, of the simulated chip\n";
  text += text_line("one inference", engineering(number_of(latency["per_inference"]), "s"), "pulses of nominal length");
  text += text_line("  one after another, pipelined", engineering(number_of(latency["per_inference_pipelined"]), "s"),
                    "where the next is loaded while one settles");
  text += text_line("one training sample", engineering(number_of(latency["per_training_sample"]), "s"),
                    "with its share of weight updates");
  text += text_line("the whole run", engineering(number_of(latency["total"]), "s"));
  for (const Json& part : s["latency_parts"])
    text += text_line("  " + part["section"].get<std::string>(), engineering(number_of(part["second"]), "s"));
  text += "settling, of the last epoch's network\n";
  if (const double forward_s = number_of(s["settling"]["forward_second"]); forward_s > 0)
    text += text_line("forward pass", engineering(forward_s, "s"), "before the free phase, with feedback off");
  text += text_line("free phase", engineering(number_of(s["settling"]["free_second"]), "s"));
  text += text_line("clamped phase", engineering(number_of(s["settling"]["clamped_second"]), "s"));
  text += text_line("spectral radius, at equilibrium", any_number(s["spectral_radius_settled"]));
  const double unsettled = number_of(s["settling"]["unsettled_fraction"]);
  const double cycles = number_of(s["settling"]["cycle_fraction"]);
  if (cycles > 0) text += text_line("phases in a cycle of two states", fmt::format("{:.2f} %", 100 * cycles));
  if (unsettled > cycles)
    text += text_line("phases that did not settle", fmt::format("{:.2f} %", 100 * (unsettled - cycles)));
  const double elsewhere = number_of(s["settling"]["elsewhere_fraction"]);
  if (elsewhere > 0) text += text_line("timed samples that went elsewhere", fmt::format("{:.0f} %", 100 * elsewhere));
  const double checked = number_of(s["settling"]["checked_samples"]);
  const double checked_elsewhere = number_of(s["settling"]["checked_elsewhere"]);
  if (checked_elsewhere > 0)
    text += text_line("samples that settle elsewhere", fmt::format("{:.0f} of {:.0f}", checked_elsewhere, checked),
                      "of those followed in time");
  if (s["write_error"].is_object()) {
    text += "initial weights as written, rms error in units of the normalised state\n";
    text += text_line("what reads find", any_number(s["write_error"]["apparent_rms"]));
    text += text_line("what pulses move", any_number(s["write_error"]["hidden_rms"]),
                      "shows when devices are pulsed again (device.write_noise)");
  }
  text += "area\n";
  const auto square_mm = [&](const char* of) { return fmt::format("{:.3g} mm2", 1e6 * number_of(s["area_m2"][of])); };
  text += text_line("total", square_mm("nominal"), fmt::format("({} to {})", square_mm("p5"), square_mm("p95")));
  return text + merits_text(s) + warnings_text(s["warnings"]);
}

}  // namespace settle
