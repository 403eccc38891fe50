// A measured activation: points of an amplifier's transfer curve, and a smooth function through them.
#pragma once

#include <vector>

#include "settle/models/numeric/matrix.h"

namespace settle {

struct CurvePoint {
  double input;   // in units of the neuron's input u
  double output;  // in fractions of full scale
};

/// The monotone piecewise cubic through the points (Fritsch and Butland 1984, with three-point slopes at the ends: the
/// "pchip" of Matlab and SciPy): its slope is continuous, and it has no extremum that the points have not. Two points
/// make a straight line. Beyond the first and the last point the output stays as it is there.
///
/// It is kept on an even grid of 256 intervals or more, where an input is found without a search. Points that are
/// evenly spaced are on the grid, and the curve is exact. Of others it is cubics that agree with it, in value and in
/// slope, at the grid's points, of which there is at least one between two of theirs.
template <class Real>
class Curve {
 public:
  /// f = value + t (c1 + t (c2 + t c3)), t = u - knot
  struct Segment {
    Real knot, value, c1, c2, c3;

    Real at(Real u) const {
      const Real t = u - knot;
      return value + t * (c1 + t * (c2 + t * c3));
    }
    /// The slope of the chord from u to u + x, as x goes to zero the slope at u:
    /// c1 + c2 (2 t + x) + c3 (3 t (t + x) + x^2).
    Real chord(Real u, Real x) const {
      const Real t = u - knot;
      return c1 + c2 * (2 * t + x) + 3 * c3 * t * (t + x) + c3 * x * x;  // c3 first: it is 0 where t^2 may overflow
    }
  };

  /// Two points or more, finite, with inputs that increase. They are too close to each other where the grid would need
  /// more than 65536 intervals, or intervals that Real does not resolve (InputError, each).
  explicit Curve(const std::vector<CurvePoint>& points);

  /// Number of the segment that u is in: 0 before the first point (and for NaN), the last one after the last.
  Index find(Real u) const {
    const Real position = (u - first_) * per_width_ + 1;
    const Real from_zero = Real(0) < position ? position : Real(0);
    return Index(from_zero < last_segment_ ? from_zero : last_segment_);
  }
  const Segment& segment(Index k) const { return segments_[std::size_t(k)]; }
  Index segments() const { return Index(segments_.size()); }

 private:
  Real first_, per_width_, last_segment_;
  std::vector<Segment> segments_;
};

}  // namespace settle
