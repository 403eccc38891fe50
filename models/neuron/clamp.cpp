#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/neuron/clamp.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include "settle/models/neuron/activation-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// min(max(v, low), high), in comparisons that leave a NaN in v as it is.
template <class V>
HWY_INLINE V clamped(V v, V low, V high) {
  return hn::IfThenElse(hn::Lt(v, low), low, hn::IfThenElse(hn::Gt(v, high), high, v));
}

// f = min(max(u, low), high): an amplifier that is linear up to its rails.
template <int low, int high>
struct Clamp {
  template <class Real>
  explicit Clamp(const NeuronParameters<Real>&) {}

  template <class D, class V>
  HWY_INLINE V value(D d, V u) const {
    using Real = hn::TFromD<D>;
    return clamped(u, hn::Set(d, Real(low)), hn::Set(d, Real(high)));
  }
  // f(u + x) - f(u) is the part of the way from 0 to x that is between the rails, which are at low - u and high - u.
  // In units of the scale, rails may be infinitely far.
  template <class D, class Real, class V, class U, class S>
  HWY_INLINE V difference(D d, const Scale<Real>& scale, V /*x*/, V drive, const U& input, const S&) const {
    const auto u = input(), zero = hn::Zero(d), to_e = hn::Set(d, scale.inverse);
    const auto lower = hn::Mul(hn::Sub(hn::Set(d, Real(low)), u), to_e);
    const auto upper = hn::Mul(hn::Sub(hn::Set(d, Real(high)), u), to_e);
    const auto from = clamped(zero, lower, upper), to = clamped(drive, lower, upper);
    const auto y = hn::IfThenElse(hn::Eq(from, to), zero, hn::Sub(to, from));
    return hn::IfThenElse(hn::IsNaN(u), u, y);
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V u, V /*s*/) const {
    using Real = hn::TFromD<D>;
    const auto linear = hn::And(hn::Gt(u, hn::Set(d, Real(low))), hn::Lt(u, hn::Set(d, Real(high))));
    const auto y = hn::IfThenElseZero(linear, hn::Set(d, Real(1)));
    return hn::IfThenElse(hn::IsNaN(u), u, y);
  }
};

ActivationKernels ClippedReluKernels() { return kernels_of<Clamp<0, 1>>(); }
ActivationKernels HardTanhKernels() { return kernels_of<Clamp<-1, 1>>(); }

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
HWY_EXPORT(ClippedReluKernels);
HWY_EXPORT(HardTanhKernels);
ActivationKernels clipped_relu_kernels() { return HWY_DYNAMIC_DISPATCH(ClippedReluKernels)(); }
ActivationKernels hard_tanh_kernels() { return HWY_DYNAMIC_DISPATCH(HardTanhKernels)(); }
}  // namespace settle
#endif
