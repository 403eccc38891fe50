// A line of the table that a run ends with.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace settle {

inline std::string text_line(const std::string& label, const std::string& value, const std::string& note = "") {
  return fmt::format("  {:<34}{:>14}{}{}\n", label, value, note.empty() ? "" : "   ", note);
}

/// A number, or NaN where it is not known.
inline double number_of(const nlohmann::ordered_json& value) {
  return value.is_number() ? value.get<double>() : std::nan("");
}

}  // namespace settle
