// Quantities as a terminal shows them: three digits and a prefix of SI in ASCII, "u" for micro. Pages have
// report/quantity.h.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// A number that is not zero, from 1 to 1000 of what its prefix stands for, once it is rounded to three digits: 1.24e-6
/// is 1.24 and "u". From atto to tera; what lies beyond has more digits, or fewer.
struct Prefixed {
  double value;
  std::string prefix;
};
Prefixed with_prefix(double value);

/// "1.24 uJ"; "-" for what is not finite.
std::string engineering(double value, const std::string& unit);

/// "0.0124 of all": three digits without a prefix, and nothing after them where there is no unit.
std::string without_prefix(double value, const std::string& unit);

/// How to print numbers of a unit with one prefix, the smallest with four digits or more: value / factor.
struct UnitScale {
  double factor;
  std::string unit;  // "nJ"
  int decimals;
};
UnitScale scale_for(const std::vector<double>& values, const std::string& unit);

}  // namespace settle
