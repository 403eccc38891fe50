#include "settle/models/crossbar/device_current.h"

#include <cmath>

namespace settle {

double full_scale_bend(double kappa) { return kappa > 0 ? std::sinh(kappa) / kappa : 1; }

template <class Real>
void drive_line(Real kappa, ConstView<Real> x, View<Real> line) {
  for (Index i = 0; i < x.size(); ++i) line.data()[i] = std::sinh(kappa * x.data()[i]) / kappa;
}

template <class Real>
void drive_line_difference(Real kappa, Real scale, ConstView<Real> x, ConstView<Real> e, View<Real> line) {
  for (Index i = 0; i < x.size(); ++i) {
    const Real h = kappa * scale * e.data()[i] / 2;
    const Real ratio = h == 0 ? Real(1) : std::sinh(h) / h;
    line.data()[i] = e.data()[i] * std::cosh(kappa * x.data()[i] + h) * ratio;
  }
}

template <class Real>
void drive_line_amplified(Real kappa, Real scale, ConstView<Real> e, View<Real> line) {
  for (Index i = 0; i < e.size(); ++i) {
    const Real x = kappa * scale * e.data()[i];
    line.data()[i] = e.data()[i] * (x == 0 ? Real(1) : std::sinh(x) / x);
  }
}

#define SETTLE_INSTANTIATE(Real)                                                                       \
  template void drive_line<Real>(Real, ConstView<Real>, View<Real>);                                   \
  template void drive_line_difference<Real>(Real, Real, ConstView<Real>, ConstView<Real>, View<Real>); \
  template void drive_line_amplified<Real>(Real, Real, ConstView<Real>, View<Real>);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
