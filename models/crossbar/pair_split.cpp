#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/crossbar/pair_split.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <hwy/highway.h>

#include "settle/models/crossbar/pair_split.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One vector of weights, from place i on; the pulses of their devices go to where the pointers point. Returns the lanes
// that are not known.
template <class D>
HWY_INLINE hn::Mask<D> Split(D d, const float* counts, const PairDevices& plus, const PairDevices& minus, Index i,
                             hn::Vec<D> most_step, float* plus_counts, float* minus_counts) {
  const auto zero = hn::Zero(d), n = hn::LoadU(d, counts + i), all = hn::Abs(n);
  const auto some = hn::Gt(all, zero);
  if (hn::AllFalse(d, some)) {
    hn::StoreU(zero, d, plus_counts);
    hn::StoreU(zero, d, minus_counts);
    return some;
  }
  const auto rising = hn::Gt(n, zero);
  const auto of_other = [&](const float* of_plus, const float* of_minus) {
    return hn::IfThenElse(rising, hn::LoadU(d, of_minus + i), hn::LoadU(d, of_plus + i));
  };
  const auto way = hn::Sub(of_other(plus.state, minus.state), of_other(plus.lower, minus.lower));
  // a pulse more, and some: rounding decides nothing
  const auto enough = hn::Mul(hn::Mul(hn::Add(all, hn::Set(d, 1.0f)), most_step), hn::Set(d, 1.0001f));
  const auto comes_down = hn::Gt(way, enough), is_down = hn::Le(way, zero);
  const auto down = hn::IfThenElse(comes_down, all, zero), up = hn::Sub(all, down);
  hn::StoreU(hn::IfThenElse(rising, up, hn::Neg(down)), d, plus_counts);
  hn::StoreU(hn::IfThenElse(rising, hn::Neg(down), up), d, minus_counts);
  return hn::AndNot(hn::Or(comes_down, is_down), some);
}

Index SplitSure(const float* counts, const PairDevices& plus, const PairDevices& minus, Index first, Index count,
                float most_step, float* plus_counts, float* minus_counts, std::uint32_t* unsure) {
  Index found = 0;
  const auto over = [&](auto d, Index from, Index to) HWY_ATTR {
    const hn::RebindToUnsigned<decltype(d)> u;
    const Index lanes = Index(hn::Lanes(d));
    std::uint32_t places[HWY_MAX_BYTES / sizeof(float)];
    for (Index i = from; i < to; i += lanes) {
      const auto left = Split(d, counts, plus, minus, i, hn::Set(d, most_step), plus_counts + (i - first),
                              minus_counts + (i - first));
      if (hn::AllFalse(d, left)) continue;
      const auto n = Index(hn::CompressStore(hn::Iota(u, std::uint32_t(i)), hn::RebindMask(u, left), u, places));
      for (Index k = 0; k < n; ++k) unsure[found++] = places[k];
    }
  };
  const hn::ScalableTag<float> full;
  const Index lanes = Index(hn::Lanes(full)), whole = first + count / lanes * lanes;
  over(full, first, whole);
  over(hn::CappedTag<float, 1>(), whole, first + count);
  return found;
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(SplitSure);

Index split_sure(const float* counts, const PairDevices& plus, const PairDevices& minus, Index first, Index count,
                 float most_step, float* plus_counts, float* minus_counts, std::uint32_t* unsure) {
  return HWY_DYNAMIC_DISPATCH(SplitSure)(counts, plus, minus, first, count, most_step, plus_counts, minus_counts,
                                         unsure);
}

}  // namespace settle
#endif
