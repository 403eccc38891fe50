// Several pulses on a device at once.
//
// A pulse is w <- w + S(w) + N(w) xi, S and N the law's step and noise for its polarity (response-inl.h). To second
// order a sequence of pulses t = 1 .. n moves the device by
//     sum_t (S_t + N_t xi_t) + sum_{r < t} (S'_t + N'_t xi_t)(S_r + N_r xi_r),
// all at the w before them. One deviate stands for all their noise: sum_t N_t xi_t = sqrt(q) xi, q = sum_t N_t^2. Given
// it, a pulse's own deviate has the mean N_t xi / sqrt(q), and the product of two the mean N_r N_t (xi^2 - 1) / q. For
// n pulses of one polarity with N = c S and z = n + c sqrt(n) xi that is
//     S z + (1/2) S S' (n - 1)(z^2 / n - c^2);
// one pulse is exact. Of the third order the mean is added, n^3 (S'^2 S + S'' S^2) / 6 + n^2 S'' N^2 / 4 for many
// pulses, and the variance, (n S')^2 / 12 of it; for both polarities as if they were in no order.
//
// With n S' (or what stands for it in a curved law) at most b, what is left out is b^3 / 24 of the mean change, and
// b^3 / 8 and (n N'^2)^2 / 6 of the variance. So n S' + sqrt(n) N' / 2 is kept within the law's `bend`, 0.2 or 0.15,
// and the device away from its bounds.

// The guard of Highway's per-target headers.
#if defined(SETTLE_PULSE_BURST_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_PULSE_BURST_INL_H
#undef SETTLE_PULSE_BURST_INL_H
#else
#define SETTLE_PULSE_BURST_INL_H
#endif

#include <hwy/highway.h>

#include "settle/models/device/response-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

constexpr float margin = 4.0f;  // deviations of a burst's noise that a bound is away: 3e-5 of the bursts go further

/// Whether pulses can move the devices at all.
HWY_INLINE hn::Mask<F> mobile(const Devices& d) { return hn::Lt(d.lower, d.upper); }

/// Room to both bounds, and to where a law's slopes hold.
HWY_INLINE VF room(VF reach, VF w, const Devices& d) {
  return hn::Min(hn::Min(hn::Sub(w, d.lower), hn::Sub(d.upper, w)), reach);
}

/// The number of pulses, of `wanted` >= 1, that can be one burst; at least one. For these n |S| + margin sqrt(n) |N| is
/// within the room, and n |S'| + sqrt(n) |N'| / 2 within the bend. For devices that do not move it is all of them.
template <class Law>
HWY_INLINE VF burst_size(const Motion& m, VF w, const Devices& d, VF wanted) {
  const F f;
  const VF one = hn::Set(f, 1.0f), two = hn::Set(f, 2.0f), tiny = hn::Set(f, 1e-30f), bend = hn::Set(f, Law::bend);
  // n a + 2 sqrt(n) b <= limit
  const VF step = hn::Abs(m.step), noise = hn::Mul(hn::Abs(m.noise), hn::Set(f, margin / 2));
  const VF bent = m.bent, noise_bent = hn::Mul(m.noise_bent, hn::Set(f, 0.25f));
  const VF space = room(m.reach, w, d);
  const auto moves = hn::And(mobile(d), hn::Gt(hn::Add(step, noise), hn::Zero(f)));
  // Single pulses are common, where bounds are near and where steps are large; to see that takes no roots.
  const VF root2 = hn::Set(f, 2.8284271f);
  const auto two_fit = hn::And(hn::Le(hn::MulAdd(root2, noise, hn::Mul(two, step)), space),
                               hn::Le(hn::MulAdd(root2, noise_bent, hn::Mul(two, bent)), bend));
  VF size = one;
  if (!hn::AllFalse(f, hn::And(two_fit, hn::Gt(wanted, one)))) {
    const auto root = [&](VF a, VF b, VF limit) {
      return hn::Div(limit, hn::Add(hn::Add(b, tiny), hn::Sqrt(hn::MulAdd(b, b, hn::Mul(a, limit)))));
    };
    const VF most = hn::Min(hn::Min(root(step, noise, space), root(bent, noise_bent, bend)), hn::Set(f, 4096.0f));
    size = hn::Min(hn::Max(hn::Floor(hn::Mul(most, most)), one), wanted);
  }
  return hn::IfThenElse(moves, size, wanted);
}

/// The change by n >= 1 pulses of one polarity, before clipping.
template <class Law>
HWY_INLINE VF burst(const Motion& m, VF n, VF xi) {
  const F f;
  const VF one = hn::Set(f, 1.0f), half = hn::Set(f, 0.5f), third = hn::Set(f, 1.0f / 3);
  const VF share = hn::Div(one, hn::Sqrt(n)), all = hn::Mul(hn::Sub(n, one), m.step_slope);
  const VF e = hn::Mul(hn::Mul(xi, share), hn::MulAdd(hn::Mul(all, all), hn::Set(f, 1.0f / 24), one));
  const VF x = hn::MulAdd(m.noise, e, m.step), y = hn::MulAdd(m.noise_slope, e, m.step_slope);
  const VF k = hn::Mul(hn::Mul(m.noise, m.noise_slope), hn::Mul(share, share));
  VF pair = hn::MulSub(y, x, k);
  const VF before = hn::Mul(hn::Sub(n, hn::Set(f, 2.0f)), third);
  pair = hn::MulAdd(hn::Mul(hn::Mul(m.step_slope, m.step_slope), x), before, pair);
  if (Law::curved) {
    const VF square = hn::Mul(hn::Mul(m.step, m.step), hn::MulSub(n, third, hn::Set(f, 1.0f / 6)));
    pair = hn::MulAdd(m.step_curvature, hn::MulAdd(hn::Mul(m.noise, m.noise), half, square), pair);
  }
  return hn::Mul(n, hn::MulAdd(hn::Mul(hn::Sub(n, one), half), pair, x));
}

/// Pulses of both polarities in one sequence: their numbers, and the number of pairs of which the first is up and the
/// second down. Whole numbers.
struct Sequence {
  VF up, down, up_then_down;
};

struct Moved {
  VF change;          // before clipping
  VF states;          // sum over the pulses of (before + after) / 2
  hn::Mask<F> valid;  // whether the sequence was one burst: straight enough and away from the bounds
};

/// The change by a sequence.
template <class Law>
HWY_INLINE Moved burst(const Law& law, const Sequence& s, VF xi, VF w, const Devices& d) {
  const F f;
  Motion up, down;
  motions(law, s.up, s.down, w, d, up, down);
  const VF one = hn::Set(f, 1.0f), half = hn::Set(f, 0.5f), tiny = hn::Set(f, 1e-30f);
  const VF n = hn::Add(s.up, s.down);
  const VF up2 = hn::Mul(up.noise, up.noise), down2 = hn::Mul(down.noise, down.noise);
  const VF q = hn::MulAdd(s.up, up2, hn::Mul(s.down, down2));
  // 1 / q and 1 / n from one division
  const VF some_q = hn::Max(q, tiny), some_n = hn::Max(n, one);
  const VF per_both = hn::Div(one, hn::Mul(some_q, some_n));
  const VF per_q = hn::Mul(per_both, some_n), per_n = hn::Mul(per_both, some_q);
  const VF root = hn::Sqrt(per_q);
  const VF slope = hn::MulAdd(s.up, up.step_slope, hn::Mul(s.down, down.step_slope));
  const VF later = hn::Max(hn::NegMulAdd(hn::Set(f, 3.0f), per_n, one), hn::Zero(f));  // nothing for few pulses
  const VF slope2 = hn::Mul(later, hn::Mul(slope, slope));
  const VF e = hn::Mul(hn::Mul(xi, root), hn::MulAdd(slope2, hn::Set(f, 1.0f / 24), one));
  const VF e_up = hn::Mul(up.noise, e), e_down = hn::Mul(down.noise, e);
  const VF x_up = hn::MulAdd(up.noise, e_up, up.step), x_down = hn::MulAdd(down.noise, e_down, down.step);
  const VF y_up = hn::MulAdd(up.noise_slope, e_up, up.step_slope);
  const VF y_down = hn::MulAdd(down.noise_slope, e_down, down.step_slope);
  const VF k_up = hn::Mul(up.noise_slope, up.noise), k_down = hn::Mul(down.noise_slope, down.noise);
  const VF a_up = hn::Mul(up2, per_q), a_down = hn::Mul(down2, per_q);

  const VF up_pairs = hn::Mul(hn::Mul(half, s.up), hn::Sub(s.up, one));
  const VF down_pairs = hn::Mul(hn::Mul(half, s.down), hn::Sub(s.down, one));
  const VF down_then_up = hn::MulSub(s.up, s.down, s.up_then_down);
  const VF first = hn::MulAdd(s.up, x_up, hn::Mul(s.down, x_down));
  // of each polarity: what went before its pulses
  const VF before_up = hn::MulAdd(up_pairs, x_up, hn::Mul(down_then_up, x_down));
  const VF before_down = hn::MulAdd(down_pairs, x_down, hn::Mul(s.up_then_down, x_up));
  VF second = hn::MulAdd(y_up, before_up, hn::Mul(y_down, before_down));
  second = hn::NegMulAdd(k_up, hn::MulAdd(up_pairs, a_up, hn::Mul(down_then_up, a_down)), second);
  second = hn::NegMulAdd(k_down, hn::MulAdd(down_pairs, a_down, hn::Mul(s.up_then_down, a_up)), second);
  const VF sixth = hn::Set(f, 1.0f / 6);
  VF third = hn::Mul(hn::Mul(sixth, slope2), first);
  if (Law::curved) {
    const VF curvature = hn::MulAdd(s.up, up.step_curvature, hn::Mul(s.down, down.step_curvature));
    const VF square = hn::Mul(hn::Mul(first, first), hn::Mul(sixth, hn::NegMulAdd(half, per_n, one)));
    const VF spread = hn::MulAdd(hn::Mul(q, half), half, square);
    third = hn::MulAdd(hn::Mul(curvature, hn::Max(hn::Sub(one, per_n), hn::Zero(f))), spread, third);
  }

  Moved moved;
  moved.change = hn::Add(first, hn::Add(second, third));
  moved.states = hn::MulAdd(n, w, hn::MulAdd(half, first, hn::Add(before_up, before_down)));

  const VF drift = hn::Max(hn::Abs(hn::Mul(s.up, up.step)), hn::Abs(hn::Mul(s.down, down.step)));
  const auto inside =
      hn::Le(hn::MulAdd(hn::Mul(hn::Set(f, margin), q), root, drift), room(hn::Min(up.reach, down.reach), w, d));
  const VF half_root_n = hn::MulAdd(n, hn::Set(f, 0.05f), hn::Set(f, 1.25f));  // or more
  const VF bent = hn::MulAdd(half_root_n, hn::Max(up.noise_bent, down.noise_bent),
                             hn::MulAdd(s.up, up.bent, hn::Mul(s.down, down.bent)));
  moved.valid = hn::Or(hn::Le(n, one), hn::And(inside, hn::Le(bent, hn::Set(f, Law::bend))));
  return moved;
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
