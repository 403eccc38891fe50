// The current of devices that are not linear: I = G v0 sinh(v / v0).
//
// At a virtual ground the current of a device depends on the voltage of its driven line alone, so a line that is driven
// with a state x acts like a line of linear devices that is driven with sinh(kappa x) / kappa, kappa = read_v / v0.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// What a device conducts at full scale, x = 1, over what it would if it were linear: sinh(kappa) / kappa; 1 for kappa
/// 0.
double full_scale_bend(double kappa);

/// line <- sinh(kappa x) / kappa, kappa > 0. Shapes are equal; `line` may be `x`.
template <class Real>
void drive_line(Real kappa, ConstView<Real> x, View<Real> line);

/// line <- (sinh(kappa (x + scale e)) - sinh(kappa x)) / (kappa scale), without the cancellation that the formula
/// suggests, also as scale goes to zero:
///   e cosh(kappa x + h) sinh(h) / h, h = kappa scale e / 2.
template <class Real>
void drive_line_difference(Real kappa, Real scale, ConstView<Real> x, ConstView<Real> e, View<Real> line);

/// line <- sinh(kappa scale e) / (kappa scale): of lines that carry scale e alone. `line` may be `e`.
template <class Real>
void drive_line_amplified(Real kappa, Real scale, ConstView<Real> e, View<Real> line);

}  // namespace settle
