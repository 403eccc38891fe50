#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/neuron/tanh.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "models/neuron/tanh.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Runs body(d, i) down a column of `rows` elements: whole vectors, then single elements.
template <class Real, class Body>
HWY_INLINE void for_rows(Index rows, const Body& body) {
  const hn::ScalableTag<Real> full;
  const hn::CappedTag<Real, 1> one;
  Index i = 0;
  for (; i + Index(hn::Lanes(full)) <= rows; i += Index(hn::Lanes(full))) body(full, i);
  for (; i < rows; ++i) body(one, i);
}

// The largest of what has been seen, for vectors of either kind.
template <class Real>
class Largest {
  using Full = hn::ScalableTag<Real>;
  using One = hn::CappedTag<Real, 1>;

 public:
  HWY_INLINE Largest() : full_(hn::Zero(Full())), one_(hn::Zero(One())) {}
  HWY_INLINE void see(Full, hn::Vec<Full> v) { full_ = hn::Max(full_, hn::Abs(v)); }
  HWY_INLINE void see(One, hn::Vec<One> v) { one_ = hn::Max(one_, hn::Abs(v)); }
  HWY_INLINE Real value() const { return std::max(hn::GetLane(hn::MaxOfLanes(Full(), full_)), hn::GetLane(one_)); }

 private:
  hn::Vec<Full> full_;
  hn::Vec<One> one_;
};

template <class Real>
Change<Real> Apply(const Real* gain, const Real* shift, const Real* h, Real* s, Index rows, Index cols) {
  Largest<Real> step, value;
  for (Index c = 0; c < cols; ++c, h += rows, s += rows) {
    for_rows<Real>(rows, [&](auto d, Index i) HWY_ATTR {
      const auto u = hn::MulAdd(hn::LoadU(d, gain + i), hn::LoadU(d, h + i), hn::LoadU(d, shift + i));
      const auto y = hn::Tanh(d, u);
      step.see(d, hn::Sub(y, hn::LoadU(d, s + i)));
      value.see(d, y);
      hn::StoreU(y, d, s + i);
    });
  }
  return {step.value(), value.value()};
}

template <class Real>
Change<Real> ApplyDifference(Real scale, const Real* gain, const Real* shift, const Real* h, const Real* s,
                             const Real* drive, Real* e, Index rows, Index cols) {
  // Below this 1 / scale overflows; no d is so large that scale d would matter.
  const bool linear = scale < (sizeof(Real) == 4 ? Real(1e-30) : Real(1e-300));
  const Real to_t = linear ? Real(1) : scale;
  const Real to_e = linear ? Real(1) : 1 / scale;
  Largest<Real> step, value;
  for (Index c = 0; c < cols; ++c, h += rows, s += rows, drive += rows, e += rows) {
    for_rows<Real>(rows, [&](auto d, Index i) HWY_ATTR {
      const auto one = hn::Set(d, Real(1));
      const auto s0 = hn::LoadU(d, s + i);
      const auto slope = hn::NegMulAdd(s0, s0, one);
      const auto x = hn::Mul(hn::Mul(hn::LoadU(d, gain + i), hn::Set(d, to_t)), hn::LoadU(d, drive + i));
      const auto t = linear ? x : hn::Tanh(d, x);
      const auto below = linear ? one : hn::MulAdd(s0, t, one);
      auto y = hn::Div(hn::Mul(hn::Mul(t, hn::Set(d, to_e)), slope), below);
      // A large step away from saturation loses 1 - s^2 and 1 + s t to rounding, and has no need of either.
      const auto large = hn::Gt(hn::Abs(x), one);
      if (HWY_UNLIKELY(!linear && !hn::AllFalse(d, large))) {
        const auto u = hn::MulAdd(hn::LoadU(d, gain + i), hn::LoadU(d, h + i), hn::LoadU(d, shift + i));
        const auto direct = hn::Mul(hn::Sub(hn::Tanh(d, hn::Add(u, x)), s0), hn::Set(d, to_e));
        y = hn::IfThenElse(large, direct, y);
      }
      step.see(d, hn::Sub(y, hn::LoadU(d, e + i)));
      value.see(d, y);
      hn::StoreU(y, d, e + i);
    });
  }
  return {step.value(), value.value()};
}

Change<float> ApplyF(const float* gain, const float* shift, const float* h, float* s, Index rows, Index cols) {
  return Apply<float>(gain, shift, h, s, rows, cols);
}
Change<double> ApplyD(const double* gain, const double* shift, const double* h, double* s, Index rows, Index cols) {
  return Apply<double>(gain, shift, h, s, rows, cols);
}
Change<float> DifferenceF(float scale, const float* gain, const float* shift, const float* h, const float* s,
                          const float* d, float* e, Index rows, Index cols) {
  return ApplyDifference<float>(scale, gain, shift, h, s, d, e, rows, cols);
}
Change<double> DifferenceD(double scale, const double* gain, const double* shift, const double* h, const double* s,
                           const double* d, double* e, Index rows, Index cols) {
  return ApplyDifference<double>(scale, gain, shift, h, s, d, e, rows, cols);
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
namespace {

template <class Real>
void slope_of_tanh(const Real* gain, const Real* s, Real* slope, Index rows, Index cols) {
  for (Index c = 0; c < cols; ++c)
    for (Index i = 0; i < rows; ++i) slope[c * rows + i] = gain[i] * (1 - s[c * rows + i] * s[c * rows + i]);
}

}  // namespace

HWY_EXPORT(ApplyF);
HWY_EXPORT(ApplyD);
HWY_EXPORT(DifferenceF);
HWY_EXPORT(DifferenceD);

Change<float> tanh_apply(const float* gain, const float* shift, const float* h, float* s, Index rows, Index cols) {
  return HWY_DYNAMIC_DISPATCH(ApplyF)(gain, shift, h, s, rows, cols);
}
Change<double> tanh_apply(const double* gain, const double* shift, const double* h, double* s, Index rows, Index cols) {
  return HWY_DYNAMIC_DISPATCH(ApplyD)(gain, shift, h, s, rows, cols);
}
Change<float> tanh_apply_difference(float scale, const float* gain, const float* shift, const float* h, const float* s,
                                    const float* d, float* e, Index rows, Index cols) {
  return HWY_DYNAMIC_DISPATCH(DifferenceF)(scale, gain, shift, h, s, d, e, rows, cols);
}
Change<double> tanh_apply_difference(double scale, const double* gain, const double* shift, const double* h,
                                     const double* s, const double* d, double* e, Index rows, Index cols) {
  return HWY_DYNAMIC_DISPATCH(DifferenceD)(scale, gain, shift, h, s, d, e, rows, cols);
}
void tanh_slope(const float* gain, const float*, const float*, const float* s, float* slope, Index rows, Index cols) {
  slope_of_tanh(gain, s, slope, rows, cols);
}
void tanh_slope(const double* gain, const double*, const double*, const double* s, double* slope, Index rows,
                Index cols) {
  slope_of_tanh(gain, s, slope, rows, cols);
}

}  // namespace settle
#endif
