#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/neuron/sigmoid.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include "settle/models/neuron/tanh-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// s = 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, z = 4 u - 2; ds/du = 4 s (1 - s)
struct Sigmoid {
  template <class Real>
  explicit Sigmoid(const NeuronParameters<Real>&) {}

  // exp(-|z|) cannot overflow, and leaves small s its relative precision.
  template <class D, class V>
  HWY_INLINE V value(D d, V u) const {
    using Real = hn::TFromD<D>;
    const auto one = hn::Set(d, Real(1));
    const auto z = hn::MulAdd(hn::Set(d, Real(4)), u, hn::Set(d, Real(-2)));
    const auto p = hn::Exp(d, hn::Neg(hn::Abs(z)));
    const auto y = hn::Div(hn::IfThenElse(hn::Lt(z, hn::Zero(d)), p, one), hn::Add(one, p));
    return hn::IfThenElse(hn::IsNaN(u), u, y);  // Highway's exp makes zero of a NaN
  }
  template <class D, class Real, class V, class U, class S>
  HWY_INLINE V difference(D d, const Scale<Real>& scale, V x, V /*drive*/, const U& u, const S& s) const {
    const auto s0 = s();
    const auto T = hn::MulAdd(hn::Set(d, Real(2)), s0, hn::Set(d, Real(-1)));
    return tanh_difference(d, scale, Real(2), hn::Add(x, x), T, slope(d, x, s0),
                           [&]() HWY_ATTR { return hn::Sub(value(d, hn::Add(u(), x)), s0); });
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V /*u*/, V s) const {
    using Real = hn::TFromD<D>;
    return hn::Mul(hn::Mul(hn::Set(d, Real(4)), s), hn::Sub(hn::Set(d, Real(1)), s));
  }
};

ActivationKernels SigmoidKernels() { return kernels_of<Sigmoid>(); }

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
HWY_EXPORT(SigmoidKernels);
ActivationKernels sigmoid_kernels() { return HWY_DYNAMIC_DISPATCH(SigmoidKernels)(); }
}  // namespace settle
#endif
