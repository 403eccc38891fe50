// Where the points of a sweep lie: values in a range, at equal distances or at random.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace settle {

/// Numbers from `low` to `high`, or the other way round; with `logarithmic`, at equal ratios, both above zero.
/// `integers`: rounded to the nearest.
struct ValueRange {
  double low = 0, high = 0;
  bool logarithmic = false, integers = false;
};

/// n numbers from one end to the other as TOML, both ends among them; the others are rounded to twelve digits.
std::vector<std::string> spaced_values(const ValueRange& range, std::int64_t n);
/// The number at `u` of the way, 0 <= u < 1, as TOML, rounded to five digits and within the range.
std::string value_at(const ValueRange& range, double u);

/// Points of the unit cube: [key][point], each number in [0, 1).
using Design = std::vector<std::vector<double>>;

/// Independent numbers, each a function of the seed, its key and the number of its point: more points leave the first
/// ones as they are.
Design random_design(const std::vector<std::string>& keys, std::int64_t n, std::uint64_t seed);
/// Sobol's sequence, whose points are spread evenly over all keys together, most so when n is a power of two. A seed
/// turns over fixed binary digits of each key's numbers, which keeps that and moves the first point off the corner.
Design sobol_design(const std::vector<std::string>& keys, std::int64_t n, std::uint64_t seed);

}  // namespace settle
