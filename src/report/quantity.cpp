#include "src/report/quantity.h"

#include <cmath>

#include <fmt/format.h>

#include "src/text/quantity.h"

namespace settle {
namespace {

/// Three digits of a number from 1 to 1000.
std::string three_digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

}  // namespace

std::string with_unit(double value, const char* unit) {
  if (!std::isfinite(value)) return dash;
  if (value == 0) return fmt::format("0 {}", unit);
  const Prefixed of = with_prefix(value);
  return fmt::format("{} {}{}", three_digits(of.value), of.prefix == "u" ? "µ" : of.prefix, unit);
}

std::string joule(double value) { return with_unit(value, "J"); }

std::string second(double value) {
  if (!std::isfinite(value) || value < 120) return with_unit(value, "s");
  if (value < 7200) return three_digits(value / 60) + " min";
  return three_digits(value / 3600) + " h";
}

std::string square_metre(double value) {
  if (!std::isfinite(value)) return dash;
  if (value != 0 && value < 1e-9) return fmt::format("{:.3g} µm²", value * 1e12);
  return fmt::format("{:.3g} mm²", value * 1e6);
}

std::string percent(double fraction, int decimals) {
  return std::isfinite(fraction) ? fmt::format("{:.{}f} %", 100 * fraction, decimals) : dash;
}

std::string share_percent(double share) {
  const bool tiny = share > 0 && share < 0.0005;
  return tiny ? "< 0.1 %" : percent(share, 1);
}

std::string count(double value) {
  if (!std::isfinite(value)) return dash;
  if (value >= 999.5e9) return three_digits(value / 1e12) + " trillion";
  if (value >= 999.5e6) return three_digits(value / 1e9) + " billion";
  if (value >= 999999.5) return three_digits(value / 1e6) + " million";
  if (value != std::round(value) && value < 99.95) return three_digits(value);
  std::string digits = fmt::format("{:.0f}", value);
  if (digits.size() > 4) digits.insert(digits.size() - 3, "\u00a0");
  return digits;
}

std::string plain(double value) { return std::isfinite(value) ? fmt::format("{:.3g}", value) : dash; }

std::string range(const Estimate& estimate, std::string (*write)(double)) {
  const std::string low = write(estimate[0]);
  const std::string high = write(estimate[2]);
  const std::size_t low_unit = low.rfind(' ');
  const std::size_t high_unit = high.rfind(' ');
  const bool shared = low_unit != low.npos && high_unit != high.npos && low.substr(low_unit) == high.substr(high_unit);
  return fmt::format("{} to {}", shared ? low.substr(0, low_unit) : low, high);
}

}  // namespace settle
