// The laws of `Response`, vectorised: mean step and cycle noise of one pulse, and how both change with the state.

// The guard of Highway's per-target headers.
#if defined(SETTLE_RESPONSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_RESPONSE_INL_H
#undef SETTLE_RESPONSE_INL_H
#else
#define SETTLE_RESPONSE_INL_H
#endif

#include <limits>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "settle/models/device/response.h"
#include "settle/models/numeric/normal-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

using VI = hn::Vec<I>;

/// The numbers that differ from device to device (DeviceArray::Cells), for as many devices as a vector holds.
struct Devices {
  VF up, down, slope_up, slope_down, lower, upper;
};

/// A pulse is w <- w + step(w) + noise(w) xi. Steps down are negative. Slopes and curvature are derivatives; `bent` and
/// `noise_bent` bound by how much a step and its noise change along a step, in all orders; `reach` is how far from here
/// they hold.
struct Motion {
  VF step, step_slope, step_curvature, bent;
  VF noise, noise_slope, noise_bent;
  VF reach;
};

HWY_INLINE VF everywhere() { return hn::Set(F(), std::numeric_limits<float>::max()); }

/// The polarity of pulses: the same in all lanes, or not.
struct Rising {
  HWY_INLINE VF operator()(VF up, VF) const { return up; }
};
struct Falling {
  HWY_INLINE VF operator()(VF, VF down) const { return down; }
};
struct Either {
  hn::Mask<F> rising;
  HWY_INLINE VF operator()(VF up, VF down) const { return hn::IfThenElse(rising, up, down); }
};

// The step over the state, its derivatives, and the bound of its change along a step.
struct Shape {
  VF value, slope, curvature, bent;
};

// A step of s times the shape, with the noise of ResponseLaw.
template <class Polarity>
HWY_INLINE Motion proportional(const Polarity& polarity, const Devices& d, const Shape& shape, VF w,
                               const ResponseLaw& law) {
  const F f;
  const VF s = polarity(d.up, hn::Neg(d.down)), c = hn::Set(f, law.ctoc), full = hn::Set(f, law.ctoc_full);
  const VF step = hn::Mul(s, shape.value), slope = hn::Mul(s, shape.slope), bent = hn::Mul(hn::Abs(s), shape.bent);
  Motion m{step,
           slope,
           hn::Mul(s, shape.curvature),
           bent,
           hn::MulAdd(c, step, hn::Mul(full, s)),
           hn::Mul(c, slope),
           hn::Mul(c, bent),
           everywhere()};
  if (law.noise_add > 0 || law.noise_slope > 0) {  // of few devices; it has the sign of the step, as the rest has
    const VF along = hn::Set(f, law.noise_slope);
    const VF more = hn::MulAdd(along, hn::Abs(w), hn::Set(f, law.noise_add));
    m.noise = hn::Add(m.noise, polarity(more, hn::Neg(more)));
    m.noise_slope = hn::Add(m.noise_slope, hn::CopySign(along, polarity(w, hn::Neg(w))));
    m.noise_bent = hn::Add(m.noise_bent, along);
  }
  return m;
}

// Each law says: `curved`, whether its curvature is other than zero; `bend`, by how much a step may change within
// pulses that are taken at once (pulse_burst-inl.h).

/// Constant, linear and soft bounds: shape 1 - slope w.
struct AffineLaw {
  static constexpr bool curved = false;
  static constexpr float bend = 0.2f;
  const ResponseLaw& law;

  template <class Polarity>
  HWY_INLINE Motion operator()(const Polarity& polarity, VF w, const Devices& d) const {
    const F f;
    const VF slope = polarity(d.slope_up, d.slope_down);
    const VF value = hn::NegMulAdd(slope, w, hn::Set(f, 1.0f));
    const VF change = hn::IfThenElseZero(hn::Gt(value, hn::Zero(f)), hn::Neg(slope));
    return proportional(polarity, d, {hn::Max(value, hn::Zero(f)), change, hn::Zero(f), hn::Abs(change)}, w, law);
  }
};

/// Shape max(1 - A e^(+-gamma z), 0), z = z_slope w + z_offset.
struct ExponentialLaw {
  static constexpr bool curved = true;
  static constexpr float bend = 0.15f;
  const ResponseLaw& law;

  template <class Polarity>
  HWY_INLINE Motion operator()(const Polarity& polarity, VF w, const Devices& d) const {
    const F f;
    const VF one = hn::Set(f, 1.0f), zero = hn::Zero(f);
    const VF z = hn::MulAdd(hn::Set(f, law.z_slope), w, hn::Set(f, law.z_offset));
    const VF gamma = polarity(hn::Set(f, law.gamma_up), hn::Set(f, -law.gamma_down));
    const VF rate = hn::Mul(gamma, hn::Set(f, law.z_slope));
    const VF e = hn::Mul(polarity(hn::Set(f, law.a_up), hn::Set(f, law.a_down)), hn::Exp(f, hn::Mul(gamma, z)));
    const auto moves = hn::Lt(e, one);
    const VF value = hn::IfThenElseZero(moves, hn::Sub(one, e));
    const VF slope = hn::IfThenElseZero(moves, hn::Neg(hn::Mul(rate, e)));
    const VF bent = hn::Mul(hn::Abs(rate), hn::Max(value, hn::IfThenElseZero(moves, hn::Abs(e))));
    return proportional(polarity, d, {value, slope, hn::Mul(rate, slope), hn::Max(bent, zero)}, w, law);
  }
};

/// Shape (room towards the bound / range)^gamma; slope_up and slope_down hold 1 / range.
struct PowerLaw {
  static constexpr bool curved = true;
  static constexpr float bend = 0.15f;
  const ResponseLaw& law;

  template <class Polarity>
  HWY_INLINE Motion operator()(const Polarity& polarity, VF w, const Devices& d) const {
    const F f;
    const VF per_range = polarity(d.slope_up, d.slope_down), one = hn::Set(f, 1.0f);
    const VF gamma = polarity(hn::Set(f, law.gamma_up), hn::Set(f, law.gamma_down));
    const VF room = hn::Mul(polarity(hn::Sub(d.upper, w), hn::Sub(w, d.lower)), per_range);
    const VF base = hn::Max(room, hn::Set(f, 1e-30f));
    const auto any = hn::Or(hn::Gt(room, hn::Zero(f)), hn::Eq(gamma, hn::Zero(f)));
    const VF value = hn::IfThenElseZero(any, hn::Exp(f, hn::Mul(gamma, hn::Log(f, base))));
    const VF rate = hn::Div(polarity(hn::Neg(per_range), per_range), base);
    const VF slope = hn::Mul(hn::Mul(gamma, rate), value);
    const VF curvature = hn::Mul(hn::Mul(hn::Sub(gamma, one), rate), slope);
    const VF bent = hn::Mul(hn::Mul(hn::Max(gamma, one), hn::Abs(rate)), value);
    return proportional(polarity, d, {value, slope, curvature, bent}, w, law);
  }
};

/// Step gain mean(w) and noise deviation(w), straight between the points of a table.
struct TableLaw {
  static constexpr bool curved = false;
  static constexpr float bend = 0.2f;
  const ResponseLaw& law;

  template <class Polarity>
  HWY_INLINE Motion operator()(const Polarity& polarity, VF w, const Devices& d) const {
    const VI piece = piece_of(w);
    return in_piece(piece, of_polarity(polarity, piece), polarity, w, d, /*reaching=*/true);
  }

  /// Both motions of devices that take these numbers of pulses. To gather numbers takes most of the time, so where no
  /// device takes both kinds, each gets the motion of its own kind for either: the other one counts for nothing, but
  /// for the bound of its noise's change.
  HWY_INLINE void motions(VF ups, VF downs, VF w, const Devices& d, Motion& up, Motion& down) const {
    const F f;
    const VF one = hn::Set(f, 1.0f), zero = hn::Zero(f);
    const auto rising = hn::Gt(ups, zero);
    const VI piece = piece_of(w);
    if (!hn::AllFalse(f, hn::And(rising, hn::Gt(downs, zero)))) {
      up = in_piece(piece, of_polarity(Rising{}, piece), Rising{}, w, d, true);
      down = in_piece(piece, of_polarity(Falling{}, piece), Falling{}, w, d, true);
      return;
    }
    const bool several = !hn::AllTrue(f, hn::Le(hn::Add(ups, downs), one));  // what bounds a burst matters
    up = in_piece(piece, of_polarity(Either{rising}, piece), Either{rising}, w, d, several);
    if (several) {
      const VI other = of_polarity(Either{hn::Not(rising)}, piece);
      up.noise_bent = hn::Max(up.noise_bent, hn::Abs(column(StepGrid::deviation_slope, other)));
    }
    down = up;
  }

  HWY_INLINE VF column(int k, VI piece) const {
    return hn::GatherIndex(F(), law.table.values.data() + std::ptrdiff_t(k) * law.table.stride, piece);
  }

  // What to add to a column of pulses up: the piece, or that and the way to the column of pulses down.
  template <class Polarity>
  HWY_INLINE VI of_polarity(const Polarity& polarity, VI piece) const {
    const F f;
    const I i;
    const VI down = hn::Add(piece, hn::Set(i, (StepGrid::columns_down - StepGrid::columns_up) * law.table.stride));
    return hn::BitCast(i, polarity(hn::BitCast(f, piece), hn::BitCast(f, down)));
  }

  // `own`: of_polarity. Without `reaching` the reach is not looked up, and none.
  template <class Polarity>
  HWY_INLINE Motion in_piece(VI piece, VI own, const Polarity& polarity, VF w, const Devices& d, bool reaching) const {
    const F f;
    const VF low = column(StepGrid::low, piece), beyond = hn::Sub(w, low);
    const VF mean_slope = column(StepGrid::mean_slope, own), noise_slope = column(StepGrid::deviation_slope, own);
    const VF s = polarity(d.up, hn::Neg(d.down)), slope = hn::Mul(s, mean_slope);
    VF reach = hn::Zero(f);
    if (reaching)
      reach = hn::Max(
          hn::Min(hn::Min(beyond, hn::Sub(column(StepGrid::high, piece), w)), hn::Set(f, law.table.most_reach)), reach);
    return {hn::Mul(s, hn::MulAdd(mean_slope, beyond, column(StepGrid::mean, own))),
            slope,
            hn::Zero(f),
            hn::Abs(slope),
            hn::MulAdd(noise_slope, beyond, column(StepGrid::deviation, own)),
            noise_slope,
            hn::Abs(noise_slope),
            reach};
  }

  // The piece that each state lies in.
  HWY_INLINE VI piece_of(VF w) const {
    const F f;
    const I i;
    const StepGrid& grid = law.table;
    const VF place = hn::Mul(hn::Sub(w, hn::Set(f, grid.buckets_start)), hn::Set(f, grid.buckets_per_state));
    const VF inside = hn::Min(hn::Max(place, hn::Zero(f)), hn::Set(f, float(grid.buckets.size() - 1)));
    VI piece = hn::GatherIndex(i, grid.buckets.data(), hn::ConvertTo(i, inside));
    for (int stride = grid.first_stride; stride > 0; stride /= 2) {
      const VI ahead = hn::Add(piece, hn::Set(i, stride));
      const auto begun = hn::Le(hn::GatherIndex(f, grid.values.data(), ahead), w);
      piece = hn::IfThenElse(hn::RebindMask(i, begun), ahead, piece);
    }
    return piece;
  }
};

/// The motions of devices that take these numbers of pulses up and down. Of a kind that none takes, any will do.
template <class Law>
HWY_INLINE void motions(const Law& law, VF, VF, VF w, const Devices& d, Motion& up, Motion& down) {
  up = law(Rising{}, w, d);
  down = law(Falling{}, w, d);
}
HWY_INLINE void motions(const TableLaw& law, VF ups, VF downs, VF w, const Devices& d, Motion& up, Motion& down) {
  law.motions(ups, downs, w, d, up, down);
}

/// Calls body with the law of a response.
template <class Body>
HWY_INLINE void with_law(const ResponseLaw& law, const Body& body) {
  switch (law.response) {
    case Response::exponential:
      return body(ExponentialLaw{law});
    case Response::power:
      return body(PowerLaw{law});
    case Response::table:
      return body(TableLaw{law});
    default:
      return body(AffineLaw{law});
  }
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
