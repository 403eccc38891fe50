#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/device/pulse_kernel.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "models/device/pulse_kernel.h"
#include "models/numeric/normal-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// 64 cells, wherever they are: a whole tile of the arrays, or the last, shorter one copied aside.
struct Tile {
  const float* counts;
  float* state;
  const float *up, *down, *slope_up, *slope_down, *lower, *upper;
};

struct Affine {
  HWY_INLINE VF operator()(const Tile& t, size_t i, hn::Mask<F> rising, VF w) const {
    const F f;
    const VF slope = hn::IfThenElse(rising, hn::LoadU(f, t.slope_up + i), hn::LoadU(f, t.slope_down + i));
    return hn::Max(hn::NegMulAdd(slope, w, hn::Set(f, 1.0f)), hn::Zero(f));
  }
};

struct Exponential {
  const ExponentialResponse& r;

  HWY_INLINE VF operator()(const Tile&, size_t, hn::Mask<F> rising, VF w) const {
    const F f;
    const VF z = hn::MulAdd(hn::Set(f, r.z_slope), w, hn::Set(f, r.z_offset));
    const VF gamma = hn::IfThenElse(rising, hn::Set(f, r.gamma_up), hn::Set(f, -r.gamma_down));
    const VF a = hn::IfThenElse(rising, hn::Set(f, r.a_up), hn::Set(f, r.a_down));
    return hn::Max(hn::NegMulAdd(a, hn::Exp(f, hn::Mul(gamma, z)), hn::Set(f, 1.0f)), hn::Zero(f));
  }
};

// The sums of one tile fit a float: at most 64 cells times the pulses of one round.
template <class Step>
HWY_INLINE void pulse_tile(const Tile& t, const Step& step, float ctoc, const Stream& noise, std::uint32_t tile,
                           std::uint64_t round, PulseSum& sum) {
  const F f;
  const size_t lanes = hn::Lanes(f);
  float most = 0;
  for (size_t i = 0; i < kTile; ++i) most = std::max(most, std::abs(t.counts[i]));
  VF pulses = hn::Zero(f), states = hn::Zero(f);
  for (std::uint32_t pulse = 0; float(pulse) < most; ++pulse) {
    float xi[kTile];
    tile_of_normals(noise, tile, round, pulse, xi);
    for (size_t i = 0; i < kTile; i += lanes) {
      const VF n = hn::LoadU(f, t.counts + i);
      const auto active = hn::Gt(hn::Abs(n), hn::Set(f, float(pulse)));
      const auto rising = hn::Gt(n, hn::Zero(f));
      const VF w = hn::LoadU(f, t.state + i);
      const VF s = hn::IfThenElse(rising, hn::LoadU(f, t.up + i), hn::Neg(hn::LoadU(f, t.down + i)));
      const VF cycle = hn::MulAdd(hn::Set(f, ctoc), hn::LoadU(f, xi + i), hn::Set(f, 1.0f));
      VF moved = hn::MulAdd(hn::Mul(s, step(t, i, rising, w)), cycle, w);
      moved = hn::Min(hn::Max(moved, hn::LoadU(f, t.lower + i)), hn::LoadU(f, t.upper + i));
      moved = hn::IfThenElse(active, moved, w);
      hn::StoreU(moved, f, t.state + i);
      pulses = hn::Add(pulses, hn::IfThenElseZero(active, hn::Set(f, 1.0f)));
      states = hn::MulAdd(hn::Set(f, 0.5f), hn::IfThenElseZero(active, hn::Add(w, moved)), states);
    }
  }
  if (most > 0) {
    sum.pulses += double(hn::GetLane(hn::SumOfLanes(f, pulses)));
    sum.state += double(hn::GetLane(hn::SumOfLanes(f, states)));
  }
}

template <class Step>
HWY_INLINE PulseSum Pulse(const PulseCells& c, const Step& step, float ctoc, const Stream& noise, std::uint64_t round) {
  PulseSum sum;
  Index i = c.first;
  const Index end = c.first + c.count;
  for (; i + Index(kTile) <= end; i += Index(kTile)) {
    const Tile tile{c.counts + i,   c.state + i,      c.up + i,    c.down + i,
                    c.slope_up + i, c.slope_down + i, c.lower + i, c.upper + i};
    pulse_tile(tile, step, ctoc, noise, std::uint32_t(size_t(i) / kTile), round, sum);
  }
  if (i < end) {
    float rest[8][kTile] = {};
    const float* from[8] = {c.counts, c.state, c.up, c.down, c.slope_up, c.slope_down, c.lower, c.upper};
    for (int k = 0; k < 8; ++k) std::copy(from[k] + i, from[k] + end, rest[k]);
    const Tile tile{rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]};
    pulse_tile(tile, step, ctoc, noise, std::uint32_t(size_t(i) / kTile), round, sum);
    std::copy(rest[1], rest[1] + (end - i), c.state + i);
  }
  return sum;
}

void PulseAffine(const PulseCells& cells, float ctoc, const Stream& noise, std::uint64_t round, PulseSum& sum) {
  sum = Pulse(cells, Affine{}, ctoc, noise, round);
}
void PulseExponential(const PulseCells& cells, const ExponentialResponse& response, float ctoc, const Stream& noise,
                      std::uint64_t round, PulseSum& sum) {
  sum = Pulse(cells, Exponential{response}, ctoc, noise, round);
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(PulseAffine);
HWY_EXPORT(PulseExponential);

PulseSum pulse_affine(const PulseCells& cells, float ctoc, const Stream& noise, std::uint64_t round) {
  PulseSum sum;
  HWY_DYNAMIC_DISPATCH(PulseAffine)(cells, ctoc, noise, round, sum);
  return sum;
}

PulseSum pulse_exponential(const PulseCells& cells, const ExponentialResponse& response, float ctoc,
                           const Stream& noise, std::uint64_t round) {
  PulseSum sum;
  HWY_DYNAMIC_DISPATCH(PulseExponential)(cells, response, ctoc, noise, round, sum);
  return sum;
}

}  // namespace settle
#endif
