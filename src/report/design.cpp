// Figures of merit, noise of states, and the design rules.
#include <cmath>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

std::string quantity(double value, const std::string& unit) {
  return std::isfinite(value) ? without_prefix(value, unit) : std::string(dash);
}

std::string joule_or_dash(double value) { return std::isfinite(value) ? joule(value) : std::string(dash); }

std::vector<ComparedRow> merits(const Runs& runs) {
  const auto row = [&](const char* label, const char* key, auto write) {
    return compare(runs, label, [&](const ReportedRun& run) { return figure(write(run.number({"merits", key}))); });
  };
  const auto in = [](double factor, const char* unit) {
    return [=](double value) { return quantity(value * factor, unit); };
  };
  return {row("Energy of a multiply-add", "joule_per_multiply_add", joule_or_dash),
          row("The same without the host", "analog_joule_per_multiply_add", joule_or_dash),
          row("Operations a second and watt", "operations_per_second_and_watt", in(1e-12, "TOPS/W")),
          row("Energy times delay, an inference", "energy_delay_joule_second", in(1, "J s")),
          row("Mean power, inference", "inference_watt", in(1e3, "mW")),
          row("Mean power, training", "training_watt", in(1e3, "mW")),
          row("Peak power, analog part", "peak_watt", in(1e3, "mW")),
          row("Peak power for the area", "peak_watt_per_mm2", in(1, "W/mm²")),
          row("Energy of an epoch", "epoch_joule", joule_or_dash),
          row("Energy to the best epoch", "to_best_epoch_joule", joule_or_dash),
          row("Energy to run.target_accuracy", "to_target_joule", joule_or_dash)};
}

std::string rules_of(const ReportedRun& run) {
  const nlohmann::json& list = member(run.summary, "design_rules");
  if (!list.is_array() || list.empty()) return "<p>No rules were checked.</p>\n";
  std::vector<std::vector<std::string>> rows;
  const auto text = [](const nlohmann::json& rule, const char* key) {
    const nlohmann::json& value = member(rule, key);
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  for (const auto& rule : list) {
    const bool broken = member(rule, "broken") == true;
    const std::string unit = text(rule, "unit");
    rows.push_back(
        {escape(text(rule, "rule")) + fmt::format("<small>{}</small>", escape(text(rule, "where"))),
         quantity(number_or_nan(member(rule, "value")), unit),
         quantity(number_or_nan(member(rule, "limit")), unit) +
             fmt::format("<small>{}</small>", escape(text(rule, "key"))),
         broken ? fmt::format("<span class=\"flag\">broken: {}</span>", escape(text(rule, "remedy"))) : "kept"});
  }
  return table("rules", {{"Rule", false}, {"Value", true}, {"At most", true}, {"", false}}, rows);
}

std::string noise_of(const ReportedRun& run) {
  const nlohmann::json& list = member(run.summary, "noise");
  if (!list.is_array() || list.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const auto& state : list) {
    const nlohmann::json& name = member(state, "population");
    rows.push_back({escape(name.is_string() ? name.get<std::string>() : "")});
    for (const char* key : {"drive", "hold", "extra", "total"})
      rows.back().push_back(fmt::format("{:.2g}", number_or_nan(member(state, key))));
  }
  return "<h3>Noise of a held state, rms in fractions of full scale</h3>\n" +
         table("noise",
               {{"Population", false},
                {"Arrays, amplifiers, membrane", true},
                {"Hold", true},
                {"neuron.noise", true},
                {"All", true}},
               rows);
}

std::string clipping_of(const ReportedRun& run) {
  const nlohmann::json& list = member(run.summary, "clipping");
  if (!list.is_array() || list.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  const auto text = [](const nlohmann::json& by, const char* key) {
    const nlohmann::json& value = member(by, key);
    return escape(value.is_string() ? value.get<std::string>() : std::string());
  };
  for (const auto& by : list) {
    const double lost = number_or_nan(member(by, "lost_energy"));
    const bool told = member(by, "what") == "differences" && lost >= 0.01;
    rows.push_back({text(by, "component"), text(by, "what"), fmt::format("{:.0f}", number_or_nan(member(by, "codes"))),
                    percent(number_or_nan(member(by, "share"))), percent(lost),
                    told ? "<span class=\"flag\">raise amplifier.headroom</span>" : ""});
  }
  return "<h3>What converters clip, in the last epoch</h3>\n" + table("clipping",
                                                                      {{"Converters", false},
                                                                       {"What", false},
                                                                       {"Codes", true},
                                                                       {"Clipped", true},
                                                                       {"Energy lost", true},
                                                                       {"", false}},
                                                                      rows);
}

}  // namespace

std::string design_section(const Runs& runs) {
  std::string html =
      "<p class=\"note\">Operations are two for each multiply-add of the forward weights, once an "
      "inference, however long the circuit settles.</p>\n" +
      comparison_table(runs, merits(runs));
  for (const ReportedRun& run : runs) {
    const std::string body = noise_of(run) + clipping_of(run) + "<h3>Design rules</h3>\n" + rules_of(run);
    html += runs.size() > 1 ? details(run.name + ": noise and design rules", body) : body;
  }
  return section("Could it be built?", html);
}

}  // namespace settle
