// The names that people give to columns: what is in them, and in which unit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/data/csv.h"

namespace settle {

std::string trimmed(const std::string& text);
/// ASCII letters in lower case.
std::string lower(const std::string& text);

/// "Conductance (uS)", "conductance_us" and "conductance [µS]" are conductance in "us"; "state" has no unit. In lower
/// case, with single blanks for underscores and hyphens.
struct Heading {
  std::string name, unit;
};
Heading heading(const std::string& column);

/// What one `unit` is in siemens, ohms, amperes or volts; nothing for a unit of something else.
std::optional<double> siemens_in(const std::string& unit);
std::optional<double> ohms_in(const std::string& unit);
std::optional<double> amperes_in(const std::string& unit);
std::optional<double> volts_in(const std::string& unit);

/// The first column with one of these names; its number in the file, or nothing.
std::optional<std::size_t> find_column(const CsvTable& table, const std::vector<std::string>& names);

/// The names of a conductance, and of the words for the direction of a pulse: 1 up, -1 down, 0 neither.
const std::vector<std::string>& conductance_names();
const std::vector<std::string>& direction_names();
int direction_of(const std::string& word);

/// No device of an array conducts more; what is above is in another unit.
constexpr double most_siemens = 0.1;

}  // namespace settle
