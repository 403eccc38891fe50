#include "tests/models/neuron/activation_reference.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace settle::test {
namespace {

// tanh(u + x) - tanh(u) = sinh(x) / (cosh(u) cosh(u + x)), in exponentials that cannot overflow
Exact tanh_difference(Exact u, Exact x) {
  const Exact a = std::abs(u), b = std::abs(u + x), c = std::abs(x);
  const Exact sinh2 = std::copysign(-std::expm1(-2 * c), x);
  return 2 * std::exp(c - a - b) * sinh2 / ((1 + std::exp(-2 * a)) * (1 + std::exp(-2 * b)));
}

Reference smooth_tanh() {
  return {[](Exact u) { return std::tanh(u); },
          [](Exact u) { return 1 / (std::cosh(u) * std::cosh(u)); },
          {},
          tanh_difference};
}

// 1 / (1 + exp(-4 (u - 1/2))) = (1 + tanh(2 u - 1)) / 2
Reference sigmoid() {
  return {[](Exact u) { return 1 / (1 + std::exp(2 - 4 * u)); },
          [](Exact u) { return 1 / (std::cosh(2 * u - 1) * std::cosh(2 * u - 1)); },
          {},
          [](Exact u, Exact x) { return tanh_difference(2 * u - 1, 2 * x) / 2; }};
}

Reference clamp(Exact low, Exact high) {
  return {[=](Exact u) { return std::clamp(u, low, high); },
          [=](Exact u) { return Exact(u > low && u < high); },
          {low, high},
          [=](Exact u, Exact x) { return std::clamp(x, low - u, high - u) - std::clamp(Exact(0), low - u, high - u); }};
}

Reference of_curve() {
  static const Curve<double> curve(measured_points());
  using Cubic = Curve<Exact>::Segment;
  const auto cubic = [](Exact u) {
    const auto& s = curve.segment(curve.find(double(u)));
    return Cubic{s.knot, s.value, s.c1, s.c2, s.c3};
  };
  Reference r{[=](Exact u) { return cubic(u).at(u); }, [=](Exact u) { return cubic(u).chord(u, 0); }, {}, {}};
  for (Index k = 1; k < curve.segments(); ++k) r.joints.push_back(curve.segment(k).knot);
  return r;
}

}  // namespace

Exact Reference::difference(Exact u, Exact x) const {
  if (difference_of) return difference_of(u, x);
  // Between joints the slope is a parabola, of which Gauss's rule with two points is exact.
  Exact sum = 0;
  const Exact low = std::min(x, Exact(0)), high = std::max(x, Exact(0));
  for (std::size_t k = 0; k <= joints.size(); ++k) {
    const Exact from = k == 0 ? low : std::clamp(joints[k - 1] - u, low, high);
    const Exact to = k == joints.size() ? high : std::clamp(joints[k] - u, low, high);
    const Exact middle = u + (from + to) / 2, point = (to - from) / 2 / std::sqrt(Exact(3));
    if (to > from) sum += (to - from) * (slope(middle - point) + slope(middle + point)) / 2;
  }
  return x < 0 ? -sum : sum;
}

const Reference& reference(const std::string& name) {
  static const std::map<std::string, Reference> all = {
      {"tanh", smooth_tanh()},       {"ota", smooth_tanh()},      {"sigmoid", sigmoid()}, {"hard-sigmoid", clamp(0, 1)},
      {"clipped-relu", clamp(0, 1)}, {"hard-tanh", clamp(-1, 1)}, {"table", of_curve()}};
  return all.at(name);
}

const std::vector<CurvePoint>& measured_points() {
  static const std::vector<CurvePoint> points = {{-3.0, -0.98}, {-2.0, -0.94}, {-1.2, -0.80}, {-0.6, -0.52},
                                                 {-0.2, -0.20}, {0.0, 0.01},   {0.3, 0.30},   {0.8, 0.66},
                                                 {1.5, 0.90},   {2.5, 0.97},   {3.1, 0.98}};
  return points;
}

}  // namespace settle::test
