#include "src/run/warnings.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "src/run/learned.h"
#include "src/run/outputs.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

using Json = nlohmann::ordered_json;

// Fewer than one in a hundred do not show in an accuracy.
constexpr double few = 0.01;

std::string remedy_of_settling(const Configuration& c, const std::string& in_steps) {
  return c.settling.analysis == Analysis::transient ? remedy_in_time(c) : in_steps;
}

void add_settling(const Configuration& c, const EpochResult& last, std::vector<Warning>& all) {
  const auto add = [&](const char* what, const char* unit, double value, const std::string& remedy) {
    if (value > few) all.push_back({what, "", value, few, unit, "", remedy});
  };
  add("phases in a cycle of two states", "of all", last.cycle_fraction,
      remedy_of_settling(c, "lower network.beta, or settle in time: settling.analysis = transient"));
  add("phases that did not settle", "of all", last.unsettled_fraction - last.cycle_fraction,
      remedy_of_settling(c, "lower network.beta, or allow more settling.free_steps and clamped_steps"));
  add("timed samples that went elsewhere", "of those timed", last.elsewhere_fraction,
      "lower network.beta: the circuit has another equilibrium for them, none, or takes 100 time constants, and the "
      "times are without them");
  if (last.checked > 0)
    add("samples that settle elsewhere", "of those followed in time", last.checked_elsewhere / last.checked,
        "set settling.start = \"reset\", which learns from where the circuit goes");
}

// A few clipped differences may be those that matter.
void add_lost_energy(const RunResult& r, std::vector<Warning>& all) {
  const auto rule = std::find_if(r.rules.begin(), r.rules.end(),
                                 [](const DesignRule& of) { return of.name == "clipped differences"; });
  for (const ClippedBy& by : r.clipping)
    if (by.what == "differences" && by.counts.lost_energy() > few)
      all.push_back({"energy of differences lost by clipping", by.component, by.counts.lost_energy(), few,
                     "of their squares", "", rule != r.rules.end() ? rule->remedy : "raise amplifier.headroom"});
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::vector<Warning> warnings(const Configuration& c, const RunResult& r) {
  std::vector<Warning> all;
  if (const auto complaint = nothing_learned(c, r))
    all.push_back({complaint->what, "", std::nan(""), std::nan(""), "", "", complaint->remedy});
  if (!r.epochs.empty()) add_settling(c, r.epochs.back(), all);
  add_lost_energy(r, all);
  for (const DesignRule& rule : r.rules)
    if (rule.broken()) all.push_back({rule.name, rule.where, rule.value, rule.limit, rule.unit, rule.key, rule.remedy});
  return all;
}

Json warnings_json(const std::vector<Warning>& warnings) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  Json all = Json::array();
  for (const Warning& w : warnings)
    all.push_back({{"what", w.what},
                   {"where", or_null(w.where)},
                   {"value", number(w.value)},
                   {"limit", number(w.limit)},
                   {"unit", or_null(w.unit)},
                   {"key", or_null(w.key)},
                   {"remedy", w.remedy}});
  return all;
}

std::string warnings_text(const Json& warnings) {
  std::string lines;
  const auto text = [](const Json& value) { return value.is_string() ? value.get<std::string>() : ""; };
  for (const Json& w : warnings) {
    const std::string where = text(w["where"]), key = text(w["key"]);
    lines += "warning: " + text(w["what"]) + (where.empty() ? "" : " (" + where + ")");
    if (w["value"].is_number())
      lines += fmt::format(": {}, limit {:.3g}{}", without_prefix(w["value"].get<double>(), text(w["unit"])),
                           w["limit"].get<double>(), key.empty() ? "" : " (" + key + ")");
    lines += ": " + text(w["remedy"]) + "\n";
  }
  return lines;
}

}  // namespace settle
