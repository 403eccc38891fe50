#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/neuron/table.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <stdexcept>

#include "settle/models/neuron/activation-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// The neurons' curve, looked up lane by lane: CPUs that gather do it no faster.
template <class Real>
class Table {
 public:
  explicit Table(const NeuronParameters<Real>& n) : curve_(n.curve) {
    if (curve_ == nullptr) throw std::logic_error("this activation needs a curve");
  }

  template <class D, class V>
  HWY_INLINE V value(D d, V u) const {
    return by_lane(d, u, u, [&](Real at, Real) HWY_ATTR { return curve_->segment(curve_->find(at)).at(at); });
  }
  template <class D, class V, class U, class S>
  HWY_INLINE V difference(D d, const Scale<Real>& scale, V /*x*/, V drive, const U& u, const S&) const {
    return by_lane(d, u(), drive, [&](Real at, Real by) HWY_ATTR {
      const Real x = scale.value * by;
      const Index from = curve_->find(at), to = curve_->find(at + x);
      if (from == to || scale.linear) return by * curve_->segment(from).chord(at, x);
      return way(at, x, from, to) * scale.inverse;
    });
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V u, V /*s*/) const {
    return by_lane(d, u, u, [&](Real at, Real) HWY_ATTR { return curve_->segment(curve_->find(at)).chord(at, 0); });
  }

 private:
  template <class D, class V, class Scalar>
  HWY_INLINE V by_lane(D d, V a, V b, const Scalar& f) const {
    HWY_ALIGN Real x[hn::MaxLanes(d)], y[hn::MaxLanes(d)];
    hn::Store(a, d, x);
    hn::Store(b, d, y);
    for (size_t i = 0; i < hn::Lanes(d); ++i) x[i] = f(x[i], y[i]);
    return hn::Load(d, x);
  }

  // f(u + x) - f(u) between different segments: to the first knot on the way, on to the last one, and from there.
  HWY_INLINE Real way(Real u, Real x, Index from, Index to) const {
    const Index up = x > 0;
    const auto &first = curve_->segment(from + up), &last = curve_->segment(to + 1 - up);
    const Real before = first.knot - u, after = x - (last.knot - u);
    return before * curve_->segment(from).chord(u, before) + (last.value - first.value) +
           after * curve_->segment(to).chord(last.knot, after);
  }

  const Curve<Real>* curve_;
};

ActivationKernels CurveKernels() { return kernels_of<Table<float>, Table<double>>(); }

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
HWY_EXPORT(CurveKernels);
ActivationKernels curve_kernels() { return HWY_DYNAMIC_DISPATCH(CurveKernels)(); }
}  // namespace settle
#endif
