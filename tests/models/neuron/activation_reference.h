// References for activations: their functions in extended precision, and differences of them that do not cancel.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "settle/models/neuron/curve.h"

namespace settle::test {

using Exact = long double;

struct Reference {
  std::function<Exact(Exact u)> f;
  std::function<Exact(Exact u)> slope;
  std::vector<Exact> joints;                             // where f is not smooth
  std::function<Exact(Exact u, Exact x)> difference_of;  // empty: the integral of the slope, for piecewise cubics

  /// f(u + x) - f(u)
  Exact difference(Exact u, Exact x) const;
};

/// The reference of the activation that is called `name`; std::out_of_range where there is none.
const Reference& reference(const std::string& name);

/// The points of the references' curve, for activations that need one: an amplifier's, not evenly spaced.
const std::vector<CurvePoint>& measured_points();

}  // namespace settle::test
