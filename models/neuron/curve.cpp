#include "settle/models/neuron/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "settle/models/error.h"

namespace settle {
namespace {

constexpr std::size_t least_intervals = 256, most_intervals = 65536;
constexpr const char* too_close = "the inputs of a curve's points are too close to each other";

void check(const std::vector<CurvePoint>& points) {
  if (points.size() < 2) throw InputError("a curve needs two points or more");
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!std::isfinite(points[i].input) || !std::isfinite(points[i].output))
      throw InputError("a point of the curve is not finite");
    if (i > 0 && !(points[i].input > points[i - 1].input))
      throw InputError("the inputs of a curve's points must increase");
  }
}

struct Interval {
  double width, slope;
};

// The slope at an inner point: the weighted harmonic mean of the slopes on both sides, zero at an extremum.
double inner_slope(Interval left, Interval right) {
  if (left.slope * right.slope <= 0) return 0;
  const double w1 = 2 * right.width + left.width, w2 = right.width + 2 * left.width;
  return (w1 + w2) / (w1 / left.slope + w2 / right.slope);
}

// The slope at an end: that of the parabola through three points, so far as it keeps the first interval monotone.
double end_slope(Interval first, Interval second) {
  const double slope =
      ((2 * first.width + second.width) * first.slope - first.width * second.slope) / (first.width + second.width);
  if (slope * first.slope <= 0) return 0;
  if (first.slope * second.slope < 0 && std::abs(slope) > 3 * std::abs(first.slope)) return 3 * first.slope;
  return slope;
}

std::vector<double> slopes_at(const std::vector<CurvePoint>& points) {
  std::vector<Interval> intervals(points.size() - 1);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const double width = points[i + 1].input - points[i].input;
    intervals[i] = {width, (points[i + 1].output - points[i].output) / width};
  }
  const std::size_t n = intervals.size();
  if (n == 1) return {intervals[0].slope, intervals[0].slope};
  std::vector<double> slopes(n + 1);
  slopes[0] = end_slope(intervals[0], intervals[1]);
  for (std::size_t i = 1; i < n; ++i) slopes[i] = inner_slope(intervals[i - 1], intervals[i]);
  slopes[n] = end_slope(intervals[n - 1], intervals[n - 2]);
  return slopes;
}

// The cubic with these values and slopes at a and b (Hermite).
using Cubic = Curve<double>::Segment;
Cubic hermite(CurvePoint a, double slope_a, CurvePoint b, double slope_b) {
  const double width = b.input - a.input, mean = (b.output - a.output) / width;
  return {a.input, a.output, slope_a, (3 * mean - 2 * slope_a - slope_b) / width,
          (slope_a + slope_b - 2 * mean) / (width * width)};
}

// An even number of intervals for all points: a whole number for each of the points' intervals, none wider than the
// narrowest of those.
std::size_t even_intervals(const std::vector<CurvePoint>& points) {
  double narrowest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < points.size(); ++i)
    narrowest = std::min(narrowest, points[i].input - points[i - 1].input);
  const std::size_t spans = points.size() - 1;
  const double mean = (points.back().input - points.front().input) / double(spans);
  const double parts = std::ceil(std::max(double(least_intervals) / double(spans), mean / narrowest - 1e-6));
  if (parts * double(spans) > most_intervals) throw InputError(too_close);
  return spans * std::size_t(parts);
}

// The monotone cubics through `points` at the ends of even intervals.
struct Grid {
  std::vector<CurvePoint> points;
  std::vector<double> slopes;
};
Grid resampled(const std::vector<CurvePoint>& points, std::size_t intervals) {
  const std::vector<double> slopes = slopes_at(points);
  const double first = points.front().input, width = (points.back().input - first) / double(intervals);
  Grid grid{{points.front()}, {slopes.front()}};
  std::size_t i = 0;
  for (std::size_t k = 1; k < intervals; ++k) {
    const double input = first + double(k) * width;
    while (i + 2 < points.size() && input >= points[i + 1].input) ++i;
    const Cubic cubic = hermite(points[i], slopes[i], points[i + 1], slopes[i + 1]);
    grid.points.push_back({input, cubic.at(input)});
    grid.slopes.push_back(cubic.chord(input, 0));
  }
  grid.points.push_back(points.back());
  grid.slopes.push_back(slopes.back());
  return grid;
}

// A cubic is monotone if its slopes at the ends are at most three times its mean slope (Fritsch and Carlson 1980),
// which they need not be where one of the points is within its interval.
void limit_slopes(Grid& grid) {
  for (std::size_t k = 0; k + 1 < grid.points.size(); ++k) {
    const CurvePoint a = grid.points[k], b = grid.points[k + 1];
    const double most = 3 * std::abs((b.output - a.output) / (b.input - a.input));
    for (double* slope : {&grid.slopes[k], &grid.slopes[k + 1]}) *slope = std::clamp(*slope, -most, most);
  }
}

}  // namespace

template <class Real>
Curve<Real>::Curve(const std::vector<CurvePoint>& points) {
  check(points);
  const std::size_t intervals = even_intervals(points);
  const CurvePoint first = points.front(), last = points.back();
  const double width = (last.input - first.input) / double(intervals);
  const double resolved = std::numeric_limits<Real>::epsilon() * std::max(std::abs(first.input), std::abs(last.input));
  if (width < 16 * resolved) throw InputError(too_close);
  first_ = Real(first.input);
  per_width_ = Real(1 / width);
  last_segment_ = Real(intervals + 1);

  Grid grid = resampled(points, intervals);
  limit_slopes(grid);
  segments_.reserve(intervals + 2);
  segments_.push_back({Real(first.input), Real(first.output), 0, 0, 0});
  for (std::size_t k = 0; k < intervals; ++k) {
    const Cubic c = hermite(grid.points[k], grid.slopes[k], grid.points[k + 1], grid.slopes[k + 1]);
    segments_.push_back({Real(c.knot), Real(c.value), Real(c.c1), Real(c.c2), Real(c.c3)});
  }
  segments_.push_back({Real(last.input), Real(last.output), 0, 0, 0});
}

template class Curve<float>;
template class Curve<double>;

}  // namespace settle
