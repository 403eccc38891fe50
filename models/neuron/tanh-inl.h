// Differences of functions that are a tanh of their input, shifted and scaled.

// The guard of Highway's per-target headers.
#if defined(SETTLE_TANH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_TANH_INL_H
#undef SETTLE_TANH_INL_H
#else
#define SETTLE_TANH_INL_H
#endif

#include <hwy/contrib/math/math-inl.h>

#include "settle/models/neuron/activation-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// (f(u + x) - f(u)) / scale for f = a + b tanh(k u + c). With T = tanh(k u + c) and t = tanh(k x), exactly,
//   f(u + x) - f(u) = t / k f'(u) / (1 + T t).
// kx is k x, slope f'(u), and direct() gives f(u + x) - f(u) by subtraction.
template <class D, class V, class Real, class Direct>
HWY_INLINE V tanh_difference(D d, const Scale<Real>& scale, Real k, V kx, V T, V slope, const Direct& direct) {
  const auto one = hn::Set(d, Real(1));
  const Real to_e = (scale.linear ? Real(1) : scale.inverse) / k;
  const auto t = scale.linear ? kx : hn::Tanh(d, kx);
  const auto below = scale.linear ? one : hn::MulAdd(T, t, one);
  auto y = hn::Div(hn::Mul(hn::Mul(t, hn::Set(d, to_e)), slope), below);
  // A large step away from saturation loses 1 - T^2 and 1 + T t to rounding, and has no need of either.
  const auto large = hn::Gt(hn::Abs(kx), one);
  if (HWY_UNLIKELY(!scale.linear && !hn::AllFalse(d, large)))
    y = hn::IfThenElse(large, hn::Mul(direct(), hn::Set(d, scale.inverse)), y);
  return y;
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
