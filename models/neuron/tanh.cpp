#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/neuron/tanh.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include "settle/models/neuron/tanh-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

struct Tanh {
  template <class Real>
  explicit Tanh(const NeuronParameters<Real>&) {}

  template <class D, class V>
  HWY_INLINE V value(D d, V u) const {
    return hn::Tanh(d, u);
  }
  template <class D, class Real, class V, class U, class S>
  HWY_INLINE V difference(D d, const Scale<Real>& scale, V x, V /*drive*/, const U& u, const S& s) const {
    const auto s0 = s();
    return tanh_difference(d, scale, Real(1), x, s0, hn::NegMulAdd(s0, s0, hn::Set(d, Real(1))),
                           [&]() HWY_ATTR { return hn::Sub(hn::Tanh(d, hn::Add(u(), x)), s0); });
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V /*u*/, V s) const {
    return hn::Sub(hn::Set(d, hn::TFromD<D>(1)), hn::Mul(s, s));
  }
};

ActivationKernels TanhKernels() { return kernels_of<Tanh>(); }

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
HWY_EXPORT(TanhKernels);
ActivationKernels tanh_kernels() { return HWY_DYNAMIC_DISPATCH(TanhKernels)(); }
}  // namespace settle
#endif
