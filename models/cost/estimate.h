// A figure with its uncertainty.
#pragma once

#include <array>

namespace settle {

/// {low, nominal, high}: the 10th, 50th and 90th percentile (provenance.h).
using Estimate = std::array<double, 3>;

/// A figure without uncertainty, and estimates times a factor or added percentile by percentile.
inline Estimate exactly(double value) { return {value, value, value}; }
inline Estimate operator*(const Estimate& e, double factor) { return {e[0] * factor, e[1] * factor, e[2] * factor}; }
inline Estimate operator+(const Estimate& a, const Estimate& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }

}  // namespace settle
