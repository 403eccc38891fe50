#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/device/pulse_kernel.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/highway.h>

#include "settle/models/device/pulse_kernel.h"
#include "settle/models/device/pulse_walk-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

/// The few cells for which the first burst has left pulses: they are gathered, then walked (pulse_walk-inl.h).
class Unfinished {
 public:
  template <class Law>
  HWY_INLINE void walk_all(const CellArrays& cells, const Law& law, const Noise& noise, std::uint32_t step,
                           PulseSum& sum) {
    for (size_t k = 0; k < size_; k += lanes()) {
      const size_t count = std::min(lanes(), size_ - k);
      Counted next{pulses_ + k, count};
      walk(cells, cell_ + k, count, law, next, noise, step, sum);
    }
    size_ = 0;
  }

  HWY_INLINE void add(VF pulses, size_t first) {
    const F f;
    const U u;
    const auto left = hn::Ne(pulses, hn::Zero(f));
    hn::CompressStore(pulses, left, f, pulses_ + size_);
    size_ += hn::CompressStore(hn::Iota(u, std::uint32_t(first)), hn::RebindMask(u, left), u, cell_ + size_);
  }
  bool full() const { return size_ > capacity - 2 * kTile; }

 private:
  struct Counted {
    const float* pulses;  // signed
    size_t count;
    bool begun = false;

    HWY_INLINE bool operator()(VF& remaining, hn::Mask<F>& rising) {
      const F f;
      if (!begun) {
        float own[kCounters] = {};
        std::copy(pulses, pulses + count, own);
        const VF n = hn::LoadU(f, own);
        remaining = hn::Abs(n);
        rising = hn::Gt(n, hn::Zero(f));
        begun = true;
      }
      return !hn::AllFalse(f, hn::Gt(remaining, hn::Zero(f)));
    }
  };

  static size_t lanes() { return hn::Lanes(F()); }

  static constexpr size_t capacity = 1024;
  size_t size_ = 0;
  std::uint32_t cell_[capacity];
  float pulses_[capacity];
};

// The first burst of each of 64 cells (that is, of all that get one pulse). `cell` is the first one's place in the
// array, and says which noise; `counts` and `c` point to the first one itself.
template <class Law>
HWY_INLINE void first_bursts(const CellArrays& c, const float* counts, size_t cell, const Law& law, const Noise& noise,
                             std::uint32_t step, Unfinished& unfinished, PulseSum& sum) {
  const F f;
  const VF one = hn::Set(f, 1.0f), zero = hn::Zero(f);
  VF most = zero;
  for (size_t i = 0; i < kTile; i += hn::Lanes(f)) most = hn::Max(most, hn::Abs(hn::LoadU(f, counts + i)));
  if (hn::AllTrue(f, hn::Eq(most, zero))) return;
  float xi[kTile];
  tile_of_normals(noise.stream, std::uint32_t(cell / kTile), noise.round, step, xi);
  VF states = zero, pulses = zero;
  for (size_t i = 0; i < kTile; i += hn::Lanes(f)) {
    const VF signed_n = hn::LoadU(f, counts + i), wanted = hn::Abs(signed_n);
    const auto active = hn::Gt(wanted, zero), rising = hn::Gt(signed_n, zero);
    if (hn::AllFalse(f, active)) continue;
    const Devices d = load(c, Index(i));
    const VF w = hn::LoadU(f, c.state + i), deviate = hn::LoadU(f, xi + i);
    const Motion m = law(Either{rising}, w, d);
    VF n = hn::Min(wanted, one), change = hn::MulAdd(m.noise, deviate, m.step);
    if (!hn::AllTrue(f, hn::Le(wanted, one))) {
      n = hn::IfThenElseZero(active, burst_size<Law>(m, w, d, hn::Max(wanted, one)));
      change = burst<Law>(m, hn::Max(n, one), deviate);
      const VF left = hn::Sub(wanted, n);
      if (!hn::AllTrue(f, hn::Eq(left, zero))) unfinished.add(hn::IfThenElse(rising, left, hn::Neg(left)), cell + i);
    }
    const VF moved = hn::IfThenElse(active, clip(hn::Add(w, change), d), w);
    hn::StoreU(moved, f, c.state + i);
    pulses = hn::Add(pulses, n);
    states = hn::MulAdd(n, hn::Add(w, moved), states);
  }
  sum.pulses += double(hn::GetLane(hn::SumOfLanes(f, pulses)));
  sum.state += 0.5 * double(hn::GetLane(hn::SumOfLanes(f, states)));
}

// `counts` points to the one of cell `first`.
template <class Law>
HWY_INLINE PulseSum pulse_range(const CellArrays& c, const float* counts, size_t first, size_t count, const Law& law,
                                const Noise& noise, std::uint32_t step) {
  PulseSum sum;
  Unfinished unfinished;
  size_t i = first;
  const size_t end = first + count;
  for (; i + kTile <= end; i += kTile) {
    const CellArrays here{c.state + i,      c.up + i,    c.down + i, c.slope_up + i,
                          c.slope_down + i, c.lower + i, c.upper + i};
    first_bursts(here, counts + (i - first), i, law, noise, step, unfinished, sum);
    if (unfinished.full()) unfinished.walk_all(c, law, noise, step + 1, sum);
  }
  if (i < end) {  // a last, shorter tile, copied aside
    float rest[8][kTile] = {};
    std::copy(counts + (i - first), counts + count, rest[0]);
    const float* from[7] = {c.state, c.up, c.down, c.slope_up, c.slope_down, c.lower, c.upper};
    for (int k = 0; k < 7; ++k) std::copy(from[k] + i, from[k] + end, rest[k + 1]);
    first_bursts({rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]}, rest[0], i, law, noise, step,
                 unfinished, sum);
    std::copy(rest[1], rest[1] + (end - i), c.state + i);
  }
  unfinished.walk_all(c, law, noise, step + 1, sum);
  return sum;
}

void PulseCounts(const CellArrays& cells, const float* counts, size_t first, size_t count, const ResponseLaw& response,
                 const Stream& noise, std::uint64_t round, std::uint32_t step, PulseSum& sum) {
  with_law(response, [&](const auto& law) {
    sum = pulse_range(cells, counts, first, count, law, Noise{noise, round}, step);
  });
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(PulseCounts);

PulseSum pulse_counts(const CellArrays& cells, const float* counts, Index first, Index count, const ResponseLaw& law,
                      const Stream& noise, std::uint64_t round, std::uint32_t step) {
  PulseSum sum;
  HWY_DYNAMIC_DISPATCH(PulseCounts)(cells, counts, size_t(first), size_t(count), law, noise, round, step, sum);
  return sum;
}

}  // namespace settle
#endif
