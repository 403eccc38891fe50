#include "src/sweep/design.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <boost/random/sobol.hpp>
#include <fmt/format.h>

#include "settle/models/numeric/random.h"
#include "src/config/value.h"

namespace settle {
namespace {

// A number of its own for each (seed, key, point). The stream's name sets it apart from the figures' of chips.
std::uint64_t random_bits(std::uint64_t seed, const std::string& key, std::uint64_t point) {
  const Words words = random_words(Stream(seed, "sweep of " + key, Purpose::figures), 0, point, 0);
  return std::uint64_t{words.w[0]} << 32 | words.w[1];
}

double unit_number(std::uint64_t bits) { return double(bits >> 11) * 0x1p-53; }

// 0.30000000000000004 is meant as 0.3.
double rounded_to(int digits, double value) {
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
}

double between(const ValueRange& range, double t) {
  if (range.logarithmic) return range.low * std::pow(range.high / range.low, t);
  return range.low * (1 - t) + range.high * t;
}

std::string as_toml(const ValueRange& range, double value) {
  if (range.integers) return fmt::format("{}", std::llround(value));
  return to_toml(NumberValue{&value, 0, 0});
}

}  // namespace

std::vector<std::string> spaced_values(const ValueRange& range, std::int64_t n) {
  std::vector<std::string> values;
  for (std::int64_t i = 0; i < n; ++i) {
    const bool at_an_end = i == 0 || i == n - 1;
    const double value =
        at_an_end ? (i == 0 ? range.low : range.high) : rounded_to(12, between(range, double(i) / double(n - 1)));
    values.push_back(as_toml(range, value));
  }
  return values;
}

std::string value_at(const ValueRange& range, double u) {
  const auto [low, high] = std::minmax(range.low, range.high);
  // each integer has an equal share, those at the ends too
  if (range.integers && !range.logarithmic)
    return as_toml(
        range, std::min(std::floor(std::ceil(low) + u * (std::floor(high) - std::ceil(low) + 1)), std::floor(high)));
  return as_toml(range, std::clamp(rounded_to(5, between(range, u)), low, high));
}

Design random_design(const std::vector<std::string>& keys, std::int64_t n, std::uint64_t seed) {
  Design design;
  for (const std::string& key : keys) {
    design.emplace_back();
    for (std::int64_t i = 0; i < n; ++i) design.back().push_back(unit_number(random_bits(seed, key, std::uint64_t(i))));
  }
  return design;
}

Design sobol_design(const std::vector<std::string>& keys, std::int64_t n, std::uint64_t seed) {
  Design design(keys.size());
  boost::random::sobol sequence(keys.size());  // begins after the origin, which belongs to it
  for (std::int64_t i = 0; i < n; ++i)
    for (std::size_t key = 0; key < keys.size(); ++key)
      design[key].push_back(unit_number((i == 0 ? 0 : sequence()) ^ random_bits(seed, keys[key], 0)));
  return design;
}

}  // namespace settle
