#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/crossbar/wire_sweep.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/highway.h>

#include "settle/models/crossbar/wire_sweep.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One right-hand side: along word lines, vectors over the rows; along bit lines, several columns at a time, so that one
// column's sum need not wait for the other's.
constexpr Index chains = 4;

// J_i = G_i w_i + f_{i-1} J_{i-1}; finds G_i w_i in `current`. Returns the sum of r f J^2.
template <class Real, Index count>
HWY_INLINE double collect(const Ladders<Real>& a, Index col, Real* current) {
  const hn::CappedTag<Real, 1> d;
  using V = hn::Vec<decltype(d)>;
  const Real* f = a.bit_factor.data() + col * a.stride;
  Real* j = current + col * a.stride;
  V carried[count], power[count];
  for (Index c = 0; c < count; ++c) carried[c] = power[c] = hn::Zero(d);
  const Index last = a.rows - 1;
  for (Index i = 0; i < last; ++i) {
    for (Index c = 0; c < count; ++c) {
      const V sum = hn::Add(hn::Load(d, j + c * a.stride + i), carried[c]);
      hn::Store(sum, d, j + c * a.stride + i);
      carried[c] = hn::Mul(hn::Load(d, f + c * a.stride + i), sum);
      power[c] = hn::MulAdd(carried[c], sum, power[c]);
    }
  }
  double total = 0;
  for (Index c = 0; c < count; ++c) {
    Real& end = j[c * a.stride + last];
    end += hn::GetLane(carried[c]);
    total += double(a.bit_ohm) * double(hn::GetLane(power[c])) +
             double(a.bit_end_ohm) * double(f[c * a.stride + last]) * double(end) * double(end);
  }
  return total;
}

// b_i = f_i (b_{i+1} + r J_i), over J.
template <class Real, Index count>
HWY_INLINE void spread(const Ladders<Real>& a, Index col, const Real* drive, Real* current) {
  const hn::CappedTag<Real, 1> d;
  using V = hn::Vec<decltype(d)>;
  const Real* f = a.bit_factor.data() + col * a.stride;
  Real* j = current + col * a.stride;
  V voltage[count];
  const Index last = a.rows - 1;
  for (Index c = 0; c < count; ++c) {
    Real& end = j[c * a.stride + last];
    end = f[c * a.stride + last] * ((drive ? drive[col + c] : 0) + a.bit_end_ohm * end);
    voltage[c] = hn::Set(d, end);
  }
  const V r = hn::Set(d, a.bit_ohm);
  for (Index i = last - 1; i >= 0; --i) {
    for (Index c = 0; c < count; ++c) {
      const V fi = hn::Load(d, f + c * a.stride + i);
      const V own = hn::Mul(hn::Mul(fi, r), hn::Load(d, j + c * a.stride + i));
      voltage[c] = hn::MulAdd(fi, voltage[c], own);
      hn::Store(voltage[c], d, j + c * a.stride + i);
    }
  }
}

template <class Real, bool first>
void OutSingle(const Ladders<Real>& a, SweepState<Real>& s) {
  const hn::ScalableTag<Real> d;
  const Index lanes = Index(hn::Lanes(d));
  const auto turn = hn::Set(d, first ? Real(0) : s.turn[0]);
  double word_power = 0, bit_power = 0;
  if (first)
    std::copy(s.word_drive, s.word_drive + a.stride, s.word_voltage);
  else
    std::fill(s.word_voltage, s.word_voltage + a.stride, Real(0));
  for (Index block = 0; block < a.cols; block += chains) {
    const Index count = std::min(chains, a.cols - block);
    for (Index col = block; col < block + count; ++col) {
      const Real *g = a.conductance.data() + col * a.stride, *f = a.word_factor.data() + col * a.stride;
      Real *p = s.direction + col * a.stride, *j = s.bit_current + col * a.stride;
      const Real* residual = s.residual + col * a.stride;
      const auto r = hn::Set(d, a.segment_of_word(col));
      auto power = hn::Zero(d);
      for (Index i = 0; i < a.stride; i += lanes) {
        const auto fi = hn::LoadU(d, f + i);
        auto w = hn::LoadU(d, s.word_voltage + i);
        if (!first) {
          const auto pi = hn::MulAdd(turn, hn::LoadU(d, p + i), hn::LoadU(d, residual + i));
          hn::StoreU(pi, d, p + i);
          power = hn::MulAdd(hn::Mul(fi, pi), pi, power);
          w = hn::MulAdd(r, pi, w);
        }
        w = hn::Mul(fi, w);
        hn::StoreU(w, d, s.word_voltage + i);
        auto current = hn::Mul(hn::LoadU(d, g + i), w);
        if (first && s.injected) current = hn::Add(current, hn::LoadU(d, s.injected + col * a.stride + i));
        hn::StoreU(current, d, j + i);
      }
      word_power += double(a.segment_of_word(col)) * double(hn::GetLane(hn::SumOfLanes(d, power)));
    }
    if (count == chains)
      bit_power += collect<Real, chains>(a, block, s.bit_current);
    else
      for (Index col = block; col < block + count; ++col) bit_power += collect<Real, 1>(a, col, s.bit_current);
  }
  s.word_power[0] = word_power;
  s.bit_power[0] = bit_power;
}

template <class Real, bool first>
void BackSingle(const Ladders<Real>& a, SweepState<Real>& s) {
  const hn::ScalableTag<Real> d;
  const Index lanes = Index(hn::Lanes(d));
  const auto step = hn::Set(d, first ? Real(0) : s.step[0]);
  const Real* drive = first ? s.bit_drive : nullptr;
  double residual_power = 0;
  Real largest = 0;
  std::fill(s.word_current, s.word_current + a.stride, Real(0));
  for (Index block = (a.cols - 1) / chains * chains; block >= 0; block -= chains) {
    const Index count = std::min(chains, a.cols - block);
    for (Index col = block; col < block + count; ++col) {
      const Real end = s.bit_current[col * a.stride + a.rows - 1];
      s.at_sense[col] = first ? end : s.at_sense[col] + s.step[0] * end;
    }
    if (count == chains)
      spread<Real, chains>(a, block, drive, s.bit_current);
    else
      for (Index col = block; col < block + count; ++col) spread<Real, 1>(a, col, drive, s.bit_current);
    for (Index col = block + count - 1; col >= block; --col) {
      const Real *g = a.conductance.data() + col * a.stride, *f = a.word_factor.data() + col * a.stride;
      Real *p = s.direction + col * a.stride, *residual = s.residual + col * a.stride;
      const Real* b = s.bit_current + col * a.stride;
      Real* total = s.word_total ? s.word_total + col * a.stride : nullptr;
      auto power = hn::Zero(d), greatest = hn::Zero(d);
      for (Index i = 0; i < a.stride; i += lanes) {
        auto k = hn::MulAdd(hn::LoadU(d, g + i), hn::LoadU(d, b + i), hn::LoadU(d, s.word_current + i));
        if (first && s.injected) k = hn::Sub(k, hn::LoadU(d, s.injected + col * a.stride + i));
        auto ri = k;
        const auto fi = hn::LoadU(d, f + i);
        if (first) {
          hn::StoreU(hn::Zero(d), d, p + i);
          if (total) hn::StoreU(hn::Zero(d), d, total + i);
        } else {
          const auto pi = hn::LoadU(d, p + i);
          ri = hn::NegMulAdd(step, hn::Sub(pi, k), hn::LoadU(d, residual + i));
          if (total) hn::StoreU(hn::MulAdd(step, pi, hn::LoadU(d, total + i)), d, total + i);
        }
        hn::StoreU(ri, d, residual + i);
        power = hn::MulAdd(hn::Mul(fi, ri), ri, power);
        greatest = hn::Max(greatest, hn::Abs(ri));
        hn::StoreU(hn::Mul(fi, k), d, s.word_current + i);
      }
      const Real r = a.segment_of_word(col);
      residual_power += double(r) * double(hn::GetLane(hn::SumOfLanes(d, power)));
      if (r > 0) largest = std::max(largest, hn::GetLane(hn::MaxOfLanes(d, greatest)));
    }
  }
  for (Index i = 0; i < a.rows; ++i) s.at_source[i] = first ? Real(0) : s.at_source[i] + s.step[0] * s.direction[i];
  s.residual_power[0] = residual_power;
  s.largest[0] = largest;
}

// A vector of right-hand sides: every element is a vector, every coefficient is the same for all.
template <class Real, bool first>
void OutBlock(const Ladders<Real>& a, SweepState<Real>& s) {
  const hn::CappedTag<Real, max_lanes> d;
  using V = hn::Vec<decltype(d)>;
  const Index lanes = Index(hn::Lanes(d));
  const V turn = hn::LoadU(d, s.turn);
  std::fill(s.word_power, s.word_power + lanes, 0.0);
  std::fill(s.bit_power, s.bit_power + lanes, 0.0);
  if (first)
    std::copy(s.word_drive, s.word_drive + a.stride * lanes, s.word_voltage);
  else
    std::fill(s.word_voltage, s.word_voltage + a.stride * lanes, Real(0));
  for (Index col = 0; col < a.cols; ++col) {
    const Real *g = a.conductance.data() + col * a.stride, *fw = a.word_factor.data() + col * a.stride;
    const Real* fb = a.bit_factor.data() + col * a.stride;
    Real* p = s.direction + col * a.stride * lanes;
    Real* j = s.bit_current + col * a.stride * lanes;
    const Real* residual = s.residual + col * a.stride * lanes;
    const Real rw = a.segment_of_word(col);
    V word_power = hn::Zero(d), bit_power = hn::Zero(d), sum = hn::Zero(d), f_before = hn::Zero(d);
    for (Index i = 0; i < a.rows; ++i) {
      V w = hn::LoadU(d, s.word_voltage + i * lanes);
      const V fi = hn::Set(d, fw[i]);
      if (!first) {
        const V pi = hn::MulAdd(turn, hn::LoadU(d, p + i * lanes), hn::LoadU(d, residual + i * lanes));
        hn::StoreU(pi, d, p + i * lanes);
        word_power = hn::MulAdd(hn::Mul(fi, pi), pi, word_power);
        w = hn::MulAdd(hn::Set(d, rw), pi, w);
      }
      w = hn::Mul(fi, w);
      hn::StoreU(w, d, s.word_voltage + i * lanes);
      sum = hn::MulAdd(f_before, sum, hn::Mul(hn::Set(d, g[i]), w));
      hn::StoreU(sum, d, j + i * lanes);
      f_before = hn::Set(d, fb[i]);
      if (i < a.rows - 1) bit_power = hn::MulAdd(hn::Mul(f_before, sum), sum, bit_power);
    }
    const V end_power = hn::Mul(hn::Mul(f_before, sum), sum);
    HWY_ALIGN Real word[max_lanes], bit[max_lanes], end[max_lanes];
    hn::Store(word_power, d, word);
    hn::Store(bit_power, d, bit);
    hn::Store(end_power, d, end);
    for (Index l = 0; l < lanes; ++l) {
      s.word_power[l] += double(rw) * double(word[l]);
      s.bit_power[l] += double(a.bit_ohm) * double(bit[l]) + double(a.bit_end_ohm) * double(end[l]);
    }
  }
}

template <class Real, bool first>
void BackBlock(const Ladders<Real>& a, SweepState<Real>& s) {
  const hn::CappedTag<Real, max_lanes> d;
  using V = hn::Vec<decltype(d)>;
  const Index lanes = Index(hn::Lanes(d));
  const V step = hn::LoadU(d, s.step);
  V largest = hn::Zero(d);
  std::fill(s.residual_power, s.residual_power + lanes, 0.0);
  std::fill(s.word_current, s.word_current + a.stride * lanes, Real(0));
  for (Index col = a.cols - 1; col >= 0; --col) {
    const Real *g = a.conductance.data() + col * a.stride, *fw = a.word_factor.data() + col * a.stride;
    const Real* fb = a.bit_factor.data() + col * a.stride;
    Real* p = s.direction + col * a.stride * lanes;
    Real* residual = s.residual + col * a.stride * lanes;
    const Real* j = s.bit_current + col * a.stride * lanes;
    const Real rw = a.segment_of_word(col);
    const V end = hn::LoadU(d, j + (a.rows - 1) * lanes);
    Real* at_sense = s.at_sense + col * lanes;
    hn::StoreU(first ? end : hn::MulAdd(step, end, hn::LoadU(d, at_sense)), d, at_sense);
    V b = first ? hn::LoadU(d, s.bit_drive + col * lanes) : hn::Zero(d);
    V power = hn::Zero(d), greatest = hn::Zero(d);
    for (Index i = a.rows - 1; i >= 0; --i) {
      const Real fr = fb[i] * a.segment_of_bit(i);
      b = hn::MulAdd(hn::Set(d, fb[i]), b, hn::Mul(hn::Set(d, fr), hn::LoadU(d, j + i * lanes)));
      const V k = hn::MulAdd(hn::Set(d, g[i]), b, hn::LoadU(d, s.word_current + i * lanes));
      V ri = k;
      if (first)
        hn::StoreU(hn::Zero(d), d, p + i * lanes);
      else
        ri = hn::NegMulAdd(step, hn::Sub(hn::LoadU(d, p + i * lanes), k), hn::LoadU(d, residual + i * lanes));
      hn::StoreU(ri, d, residual + i * lanes);
      const V fi = hn::Set(d, fw[i]);
      power = hn::MulAdd(hn::Mul(fi, ri), ri, power);
      greatest = hn::Max(greatest, hn::Abs(ri));
      hn::StoreU(hn::Mul(fi, k), d, s.word_current + i * lanes);
    }
    HWY_ALIGN Real sum[max_lanes];
    hn::Store(power, d, sum);
    for (Index l = 0; l < lanes; ++l) s.residual_power[l] += double(rw) * double(sum[l]);
    if (rw > 0) largest = hn::Max(largest, greatest);
  }
  hn::StoreU(largest, d, s.largest);
  for (Index i = 0; i < a.rows * lanes; ++i)
    s.at_source[i] = first ? Real(0) : s.at_source[i] + s.step[i % lanes] * s.direction[i];
}

Index LanesF() { return Index(hn::Lanes(hn::CappedTag<float, max_lanes>())); }
Index LanesD() { return Index(hn::Lanes(hn::CappedTag<double, max_lanes>())); }

template <class Real, bool first>
void Out(const Ladders<Real>& a, SweepState<Real>& s) {
  s.lanes == 1 ? OutSingle<Real, first>(a, s) : OutBlock<Real, first>(a, s);
}
template <class Real, bool first>
void Back(const Ladders<Real>& a, SweepState<Real>& s) {
  s.lanes == 1 ? BackSingle<Real, first>(a, s) : BackBlock<Real, first>(a, s);
}

void OutF(const Ladders<float>& a, SweepState<float>& s) { Out<float, false>(a, s); }
void OutD(const Ladders<double>& a, SweepState<double>& s) { Out<double, false>(a, s); }
void BackF(const Ladders<float>& a, SweepState<float>& s) { Back<float, false>(a, s); }
void BackD(const Ladders<double>& a, SweepState<double>& s) { Back<double, false>(a, s); }
void FirstOutF(const Ladders<float>& a, SweepState<float>& s) { Out<float, true>(a, s); }
void FirstOutD(const Ladders<double>& a, SweepState<double>& s) { Out<double, true>(a, s); }
void FirstBackF(const Ladders<float>& a, SweepState<float>& s) { Back<float, true>(a, s); }
void FirstBackD(const Ladders<double>& a, SweepState<double>& s) { Back<double, true>(a, s); }

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(LanesF);
HWY_EXPORT(LanesD);
HWY_EXPORT(OutF);
HWY_EXPORT(OutD);
HWY_EXPORT(BackF);
HWY_EXPORT(BackD);
HWY_EXPORT(FirstOutF);
HWY_EXPORT(FirstOutD);
HWY_EXPORT(FirstBackF);
HWY_EXPORT(FirstBackD);

template <>
Index sweep_lanes<float>() {
  return HWY_DYNAMIC_DISPATCH(LanesF)();
}
template <>
Index sweep_lanes<double>() {
  return HWY_DYNAMIC_DISPATCH(LanesD)();
}
template <>
void sweep_out(const Ladders<float>& ladders, SweepState<float>& s) {
  HWY_DYNAMIC_DISPATCH(OutF)(ladders, s);
}
template <>
void sweep_out(const Ladders<double>& ladders, SweepState<double>& s) {
  HWY_DYNAMIC_DISPATCH(OutD)(ladders, s);
}
template <>
void sweep_back(const Ladders<float>& ladders, SweepState<float>& s) {
  HWY_DYNAMIC_DISPATCH(BackF)(ladders, s);
}
template <>
void sweep_back(const Ladders<double>& ladders, SweepState<double>& s) {
  HWY_DYNAMIC_DISPATCH(BackD)(ladders, s);
}
template <>
void first_sweep_out(const Ladders<float>& ladders, SweepState<float>& s) {
  HWY_DYNAMIC_DISPATCH(FirstOutF)(ladders, s);
}
template <>
void first_sweep_out(const Ladders<double>& ladders, SweepState<double>& s) {
  HWY_DYNAMIC_DISPATCH(FirstOutD)(ladders, s);
}
template <>
void first_sweep_back(const Ladders<float>& ladders, SweepState<float>& s) {
  HWY_DYNAMIC_DISPATCH(FirstBackF)(ladders, s);
}
template <>
void first_sweep_back(const Ladders<double>& ladders, SweepState<double>& s) {
  HWY_DYNAMIC_DISPATCH(FirstBackD)(ladders, s);
}

}  // namespace settle
#endif
