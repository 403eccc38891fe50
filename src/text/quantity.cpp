#include "src/text/quantity.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace settle {
namespace {

constexpr const char* prefixes[] = {"a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T"};
constexpr int no_prefix = 6;

/// A power of 1000 that has a prefix.
int power_with_prefix(double power) {
  return int(std::clamp(power, double(-no_prefix), double(int(std::size(prefixes)) - 1 - no_prefix)));
}

}  // namespace

Prefixed with_prefix(double value) {
  double power = std::floor(std::log10(std::abs(value)) / 3);
  if (std::abs(value) / std::pow(1000.0, power) >= 999.5) ++power;
  const int thousands = power_with_prefix(power);
  return {value / std::pow(1000.0, thousands), prefixes[thousands + no_prefix]};
}

std::string engineering(double value, const std::string& unit) {
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0 " + unit;
  const Prefixed of = with_prefix(value);
  return fmt::format("{:.3g} {}{}", of.value, of.prefix, unit);
}

std::string without_prefix(double value, const std::string& unit) {
  return fmt::format("{:.3g}{}{}", value, unit.empty() ? "" : " ", unit);
}

UnitScale scale_for(const std::vector<double>& values, const std::string& unit) {
  constexpr int most_decimals = 6;
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  for (const double value : values) {
    if (!std::isfinite(value) || value == 0) continue;
    largest = std::max(largest, std::abs(value));
    smallest = std::min(smallest, std::abs(value));
  }
  if (largest == 0) return {1, unit, 0};
  const auto power = [](double x) { return int(std::floor(std::log10(x) + 1e-9)); };
  const bool plain = unit.empty() || unit.find_first_of(" /2") != std::string::npos;  // mm2 is not a thousandth of m2
  const int thousands = plain ? 0 : power_with_prefix(std::floor(power(largest) / 3.0));
  const double factor = std::pow(1000.0, thousands);
  return {factor, prefixes[thousands + no_prefix] + unit, std::clamp(3 - power(smallest / factor), 0, most_decimals)};
}

}  // namespace settle
