// What a run's user should know before believing its result: one list, for the end of a run, summary.json and reports.
#pragma once

#include <nlohmann/json.hpp>

#include "src/config/configuration.h"
#include "src/run/result.h"

namespace settle {

struct Warning {
  std::string what;    // "clipped differences"
  std::string where;   // "hidden1_adc"; empty: the whole chip
  double value = 0;    // NaN: no number says it
  double limit = 0;    // that the value is above
  std::string unit;    // "of all"
  std::string key;     // of the limit; empty: a constant
  std::string remedy;  // which key to change, and in which direction
};

/// Broken design rules, phases that do not settle, what clipping takes from differences, and training that came to
/// nothing.
std::vector<Warning> warnings(const Configuration& configuration, const RunResult& result);

/// [{what, where, value, limit, unit, key, remedy}]; what a warning does not have is null.
nlohmann::ordered_json warnings_json(const std::vector<Warning>& warnings);

/// A line for each of warnings_json(); empty without any.
std::string warnings_text(const nlohmann::ordered_json& warnings);

}  // namespace settle
