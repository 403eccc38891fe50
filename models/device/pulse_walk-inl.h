// Pulses on scattered cells, a vector of them at a time: each goes through its own pulses in bursts as long as
// burst_size allows, single pulses near its bounds.

// The guard of Highway's per-target headers.
#if defined(SETTLE_PULSE_WALK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_PULSE_WALK_INL_H
#undef SETTLE_PULSE_WALK_INL_H
#else
#define SETTLE_PULSE_WALK_INL_H
#endif

#include <hwy/highway.h>

#include "settle/models/device/pulse_burst-inl.h"
#include "settle/models/device/pulse_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

HWY_INLINE Devices load(const CellArrays& c, Index i) {
  const F f;
  return {hn::LoadU(f, c.up + i),         hn::LoadU(f, c.down + i),  hn::LoadU(f, c.slope_up + i),
          hn::LoadU(f, c.slope_down + i), hn::LoadU(f, c.lower + i), hn::LoadU(f, c.upper + i)};
}

HWY_INLINE Devices gather(const CellArrays& c, VI i) {
  const F f;
  return {hn::GatherIndex(f, c.up, i),         hn::GatherIndex(f, c.down, i),  hn::GatherIndex(f, c.slope_up, i),
          hn::GatherIndex(f, c.slope_down, i), hn::GatherIndex(f, c.lower, i), hn::GatherIndex(f, c.upper, i)};
}

HWY_INLINE VF clip(VF w, const Devices& d) { return hn::Min(hn::Max(w, d.lower), d.upper); }

/// The source of a kernel's noise: deviates are functions of (stream, round, cell, step). Steps of different uses must
/// differ.
struct Noise {
  const Stream& stream;
  std::uint64_t round;
};

/// Walks `count` cells, at most a vector of them. `next(remaining, rising)` gives each lane that has no pulses left its
/// next ones, and is false when no lane has any; it comes before each burst. A cell's b-th burst takes its noise from
/// step `first_step` + b / 4.
template <class Law, class Next>
HWY_INLINE void walk(const CellArrays& cells, const std::uint32_t* cell, size_t count, const Law& law, Next& next,
                     const Noise& noise, std::uint32_t first_step, PulseSum& sum) {
  const F f;
  const U u;
  const I i;
  std::uint32_t index[kCounters];
  for (size_t k = 0; k < kCounters; ++k) index[k] = cell[k < count ? k : 0];
  const VU element = hn::LoadU(u, index);
  const Devices d = gather(cells, hn::BitCast(i, element));
  VF w = hn::GatherIndex(f, cells.state, hn::BitCast(i, element));

  const VF one = hn::Set(f, 1.0f);
  VF remaining = hn::Zero(f), pulses = hn::Zero(f), states = hn::Zero(f);
  auto rising = hn::Gt(remaining, remaining);
  VF xi0 = remaining, xi1 = remaining, xi2 = remaining, xi3 = remaining;
  for (std::uint32_t b = 0; next(remaining, rising); ++b) {
    if (b % 4 == 0) {
      VU c[4] = {element, hn::Set(u, std::uint32_t(noise.round)), hn::Set(u, std::uint32_t(noise.round >> 32)),
                 hn::Set(u, first_step + b / 4)};
      philox(c, noise.stream.key[0], noise.stream.key[1]);
      box_muller(c[0], c[1], xi0, xi1);
      box_muller(c[2], c[3], xi2, xi3);
    }
    const Motion m = law(Either{rising}, w, d);
    const auto active = hn::Gt(remaining, hn::Zero(f));
    VF n = one, change = hn::MulAdd(m.noise, xi0, m.step);
    if (!hn::AllTrue(f, hn::Le(remaining, one))) {
      n = burst_size<Law>(m, w, d, hn::Max(remaining, one));
      if (!hn::AllTrue(f, hn::Eq(n, one))) change = burst<Law>(m, n, xi0);
    }
    const VF moved = hn::IfThenElse(active, clip(hn::Add(w, change), d), w);
    n = hn::IfThenElseZero(active, n);
    pulses = hn::Add(pulses, n);
    states = hn::MulAdd(n, hn::Add(w, moved), states);
    remaining = hn::Sub(remaining, n);
    w = moved;
    xi0 = xi1;
    xi1 = xi2;
    xi2 = xi3;
  }
  float state[kCounters];
  hn::StoreU(w, f, state);
  for (size_t k = 0; k < count; ++k) cells.state[cell[k]] = state[k];
  sum.pulses += double(hn::GetLane(hn::SumOfLanes(f, pulses)));
  sum.state += 0.5 * double(hn::GetLane(hn::SumOfLanes(f, states)));
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
