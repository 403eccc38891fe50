#include "src/sweep/database/cell.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace settle {

std::string text_of(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&cell))
    return std::isfinite(*number) ? nlohmann::json(*number).dump() : *number > 0 ? "inf" : "-inf";
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

double number_in(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return double(*integer);
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  return std::numeric_limits<double>::quiet_NaN();
}

Cell number_cell(double value) { return std::isnan(value) ? Cell() : Cell(value); }

Cell cell_of_text(const std::string& text) {
  if (text.empty()) return {};
  const char *begin = text.data(), *end = begin + text.size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(begin, end, integer); read.ec == std::errc() && read.ptr == end) return integer;
  double number = 0;
  if (const auto read = std::from_chars(begin, end, number); read.ec == std::errc() && read.ptr == end)
    return number_cell(number);
  return text;
}

}  // namespace settle
