// The part that all activations share: the loop over a chunk, gain, shift and amplitude, and the measure of how far
// states have moved.
//
// A function is an object made from the neurons' parameters, with, for vectors of any length d,
//   value(d, u)                           f(u); NaN for NaN
//   difference(d, scale, x, drive, u, s)  (f(u + x) - f(u)) / scale, where x = scale drive; u() and s() give the input
//                                         and f(u), and cost something only where they are called
//   slope(d, u, s)                        f'(u)

// The guard of Highway's per-target headers.
#if defined(SETTLE_ACTIVATION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_ACTIVATION_INL_H
#undef SETTLE_ACTIVATION_INL_H
#else
#define SETTLE_ACTIVATION_INL_H
#endif

#include <algorithm>
#include <type_traits>

#include <hwy/highway.h>

#include "settle/models/neuron/functions.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The scale that differences are divided by.
template <class Real>
struct Scale {
  explicit Scale(Real scale) : value(scale), linear(scale < least), inverse(1 / std::max(scale, least)) {}

  // Below this 1 / scale overflows; no drive is so large that x would matter.
  static constexpr Real least = sizeof(Real) == 4 ? Real(1e-30) : Real(1e-300);
  Real value;
  bool linear;
  Real inverse;
};

// Runs body(d, i) down a column of `rows` elements: whole vectors, then single elements.
template <class Real, class Body>
HWY_INLINE void for_rows(Index rows, const Body& body) {
  const hn::ScalableTag<Real> full;
  const hn::CappedTag<Real, 1> one;
  Index i = 0;
  for (; i + Index(hn::Lanes(full)) <= rows; i += Index(hn::Lanes(full))) body(full, i);
  for (; i < rows; ++i) body(one, i);
}

// The largest magnitude of all values included, for vectors of either kind. Magnitudes are compared as integers, in
// which order a NaN is above all numbers: a maximum of floating-point numbers may drop it.
template <class Real>
class Largest {
  using Full = hn::ScalableTag<Real>;
  using One = hn::CappedTag<Real, 1>;
  using FullBits = hn::RebindToSigned<Full>;
  using OneBits = hn::RebindToSigned<One>;

 public:
  HWY_INLINE Largest() : full_(hn::Zero(FullBits())), one_(hn::Zero(OneBits())) {}
  HWY_INLINE void include(Full, hn::Vec<Full> v) { full_ = hn::Max(full_, hn::BitCast(FullBits(), hn::Abs(v))); }
  HWY_INLINE void include(One, hn::Vec<One> v) { one_ = hn::Max(one_, hn::BitCast(OneBits(), hn::Abs(v))); }
  HWY_INLINE Real value() const {
    const auto full = hn::GetLane(hn::MaxOfLanes(FullBits(), full_));
    return hn::GetLane(hn::BitCast(One(), hn::Max(one_, hn::Set(OneBits(), full))));
  }

 private:
  hn::Vec<FullBits> full_;
  hn::Vec<OneBits> one_;
};

// h, which ends at the rails; NaN stays NaN.
template <class D, class V, class Real>
HWY_INLINE V Clipped(D d, V h, Real rail) {
  const auto end = hn::Set(d, rail);
  return hn::IfThenElse(hn::Gt(h, end), end, hn::IfThenElse(hn::Lt(h, hn::Neg(end)), hn::Neg(end), h));
}

template <class Function, bool amplified, bool clipped, class Real>
Change<Real> ApplyTo(const NeuronParameters<Real> n, const Real* h, Real* s, Index rows, Index cols) {
  const Function f(n);
  Largest<Real> step, value;
  for (Index c = 0; c < cols; ++c, h += rows, s += rows) {
    for_rows<Real>(rows, [&](auto d, Index i) HWY_ATTR {
      auto drive = hn::LoadU(d, h + i);
      if constexpr (clipped) drive = Clipped(d, drive, n.rail);
      const auto u = hn::MulAdd(hn::LoadU(d, n.gain + i), drive, hn::LoadU(d, n.shift + i));
      auto y = f.value(d, u);
      if constexpr (amplified) y = hn::Mul(hn::LoadU(d, n.amplitude + i), y);
      step.include(d, hn::Sub(y, hn::LoadU(d, s + i)));
      value.include(d, y);
      hn::StoreU(y, d, s + i);
    });
  }
  return {step.value(), value.value()};
}

// What is left of a difference between drives, over the scale, when both end at the rails.
template <class D, class V, class Real>
HWY_INLINE V ClippedDifference(D d, const Scale<Real>& scale, V h, V difference, Real rail) {
  const auto end = hn::Set(d, rail);
  const auto moved = scale.linear ? h : hn::MulAdd(hn::Set(d, scale.value), difference, h);
  const auto out = hn::Or(hn::Gt(hn::Abs(h), end), hn::Gt(hn::Abs(moved), end));
  const auto rest = hn::Mul(hn::Sub(Clipped(d, moved, rail), Clipped(d, h, rail)), hn::Set(d, scale.inverse));
  return hn::IfThenElse(out, scale.linear ? hn::Zero(d) : rest, difference);
}

template <class Function, bool amplified, bool clipped, class Real>
Change<Real> ApplyDifferenceTo(Real scale_value, const NeuronParameters<Real> n, const Real* h, const Real* s,
                               const Real* drive, Real* e, Index rows, Index cols) {
  const Function f(n);
  const Scale<Real> scale(scale_value);
  const Real to_x = scale.linear ? Real(1) : scale.value;
  Largest<Real> step, value;
  for (Index c = 0; c < cols; ++c, h += rows, s += rows, drive += rows, e += rows) {
    for_rows<Real>(rows, [&](auto d, Index i) HWY_ATTR {
      const auto gain = hn::LoadU(d, n.gain + i);
      auto raw = hn::LoadU(d, drive + i);
      if constexpr (clipped) raw = ClippedDifference(d, scale, hn::LoadU(d, h + i), raw, n.rail);
      const auto x = hn::Mul(hn::Mul(gain, hn::Set(d, to_x)), raw);
      const auto u = [&]() HWY_ATTR {
        auto from = hn::LoadU(d, h + i);
        if constexpr (clipped) from = Clipped(d, from, n.rail);
        return hn::MulAdd(gain, from, hn::LoadU(d, n.shift + i));
      };
      const auto s0 = [&]() HWY_ATTR {
        if constexpr (amplified) return hn::Div(hn::LoadU(d, s + i), hn::LoadU(d, n.amplitude + i));
        return hn::LoadU(d, s + i);
      };
      auto y = f.difference(d, scale, x, hn::Mul(gain, raw), u, s0);
      if constexpr (amplified) y = hn::Mul(hn::LoadU(d, n.amplitude + i), y);
      step.include(d, hn::Sub(y, hn::LoadU(d, e + i)));
      value.include(d, y);
      hn::StoreU(y, d, e + i);
    });
  }
  return {step.value(), value.value()};
}

template <class Function, bool amplified, bool clipped, class Real>
void SlopeOf(const NeuronParameters<Real> n, const Real* h, const Real* s, Real* slope, Index rows, Index cols) {
  const Function f(n);
  for (Index c = 0; c < cols; ++c, h += rows, s += rows, slope += rows) {
    for_rows<Real>(rows, [&](auto d, Index i) HWY_ATTR {
      auto gain = hn::LoadU(d, n.gain + i);
      auto drive = hn::LoadU(d, h + i);
      if constexpr (clipped) {
        gain = hn::IfThenElse(hn::Gt(hn::Abs(drive), hn::Set(d, n.rail)), hn::Zero(d), gain);
        drive = Clipped(d, drive, n.rail);
      }
      const auto u = hn::MulAdd(hn::LoadU(d, n.gain + i), drive, hn::LoadU(d, n.shift + i));
      auto s0 = hn::LoadU(d, s + i);
      if constexpr (amplified) {
        s0 = hn::Div(s0, hn::LoadU(d, n.amplitude + i));
        gain = hn::Mul(gain, hn::LoadU(d, n.amplitude + i));
      }
      hn::StoreU(hn::Mul(gain, f.slope(d, u, s0)), d, slope + i);
    });
  }
}

// Calls body(amplified, clipped) with the two as constants.
template <class Real, class Body>
auto WithKind(const NeuronParameters<Real>& n, const Body& body) {
  using Yes = std::true_type;
  using No = std::false_type;
  if (n.rail > 0) return n.amplitude ? body(Yes(), Yes()) : body(No(), Yes());
  return n.amplitude ? body(Yes(), No()) : body(No(), No());
}

template <class Function, class Real>
Change<Real> Apply(const NeuronParameters<Real>& n, const Real* h, Real* s, Index rows, Index cols) {
  return WithKind(n, [&](auto amplified, auto clipped) {
    return ApplyTo<Function, amplified.value, clipped.value>(n, h, s, rows, cols);
  });
}
template <class Function, class Real>
Change<Real> ApplyDifference(Real scale, const NeuronParameters<Real>& n, const Real* h, const Real* s, const Real* d,
                             Real* e, Index rows, Index cols) {
  return WithKind(n, [&](auto amplified, auto clipped) {
    return ApplyDifferenceTo<Function, amplified.value, clipped.value>(scale, n, h, s, d, e, rows, cols);
  });
}
template <class Function, class Real>
void Slope(const NeuronParameters<Real>& n, const Real* h, const Real* s, Real* slope, Index rows, Index cols) {
  WithKind(n, [&](auto amplified, auto clipped) {
    return SlopeOf<Function, amplified.value, clipped.value>(n, h, s, slope, rows, cols);
  });
}

// The kernels of a function for this CPU generation. Narrow is the function in float, Wide in double.
template <class Narrow, class Wide = Narrow>
ActivationKernels kernels_of() {
  return {{Apply<Narrow, float>, ApplyDifference<Narrow, float>, Slope<Narrow, float>},
          {Apply<Wide, double>, ApplyDifference<Wide, double>, Slope<Wide, double>}};
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
