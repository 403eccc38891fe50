#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/device/retention_kernel.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "settle/models/device/retention_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// a + b ln g, bounded.
HWY_INLINE V Bounded(float a, float b, V log_share, float low, float high) {
  const D d;
  return hn::Min(hn::Max(hn::MulAdd(hn::Set(d, b), log_share, hn::Set(d, a)), hn::Set(d, low)), hn::Set(d, high));
}

// The share (t / t0)^-nu of the conductance that drift leaves.
HWY_INLINE V Drifted(const AgingLaw& p, V log_share, V age, V xi) {
  const D d;
  const V zero = hn::Zero(d), one = hn::Set(d, 1.0f);
  const V mean = Bounded(p.nu, p.nu_slope, log_share, p.nu_low, p.nu_high);
  const V spread = Bounded(p.spread, p.spread_slope, log_share, p.spread_low, p.spread_high);
  const V nu = hn::Max(hn::MulAdd(hn::MulAdd(hn::Set(d, p.nu_dtod), mean, spread), xi, mean), zero);
  const V share = hn::Exp(d, hn::Neg(hn::Mul(nu, hn::Log(d, hn::Max(age, one)))));
  return hn::IfThenElse(hn::Gt(age, one), share, one);
}

// 1 + Q sqrt(ln((t + tr) / 2 tr)) xi, not below zero.
HWY_INLINE V Flickered(const AgingLaw& p, V log_share, V age, V xi) {
  const D d;
  const V zero = hn::Zero(d), one = hn::Set(d, 1.0f);
  const V exponent = hn::Min(hn::Mul(hn::Set(d, -p.flicker_exponent), log_share), hn::Set(d, 85.0f));  // a float's
  const V q = hn::Min(hn::Mul(hn::Set(d, p.flicker), hn::Exp(d, exponent)), hn::Set(d, p.flicker_most));
  const V root = hn::Sqrt(hn::Log1p(d, hn::Max(age, zero)));
  return hn::Max(hn::MulAdd(hn::Mul(q, root), xi, one), zero);
}

HWY_INLINE V Aged(const AgingLaw& p, const DeviceAges& ages, Index i, V g) {
  const D d;
  const V least = hn::Set(d, 1e-37f);  // devices that conduct nothing have no logarithm
  const V log_share = hn::Log(d, hn::Min(hn::Max(hn::Div(g, hn::Set(d, p.highest)), least), hn::Set(d, 1.0f)));
  if (ages.drift_ages != nullptr)
    g = hn::Mul(g, Drifted(p, log_share, hn::LoadU(d, ages.drift_ages + i), hn::LoadU(d, ages.drift_xi + i)));
  if (ages.flicker_ages != nullptr)
    g = hn::Mul(g, Flickered(p, log_share, hn::LoadU(d, ages.flicker_ages + i), hn::LoadU(d, ages.flicker_xi + i)));
  return g;
}

void AgeDevices(const AgingLaw& law, const DeviceAges& ages, Index count, float* g) {
  const D d;
  const Index lanes = Index(hn::Lanes(d)), whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) hn::StoreU(Aged(law, ages, i, hn::LoadU(d, g + i)), d, g + i);
  if (whole == count) return;
  // the rest, copied aside
  float rest[5][HWY_MAX_BYTES / sizeof(float)] = {};
  const float* from[5] = {g, ages.drift_ages, ages.drift_xi, ages.flicker_ages, ages.flicker_xi};
  const float* copy[5];
  for (int k = 0; k < 5; ++k) {
    if (from[k] != nullptr) std::copy(from[k] + whole, from[k] + count, rest[k]);
    copy[k] = from[k] != nullptr ? rest[k] : nullptr;
  }
  hn::StoreU(Aged(law, {copy[1], copy[2], copy[3], copy[4]}, 0, hn::LoadU(d, rest[0])), d, rest[0]);
  std::copy(rest[0], rest[0] + (count - whole), g + whole);
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(AgeDevices);

void age_devices(const AgingLaw& law, const DeviceAges& ages, Index count, float* conductance) {
  HWY_DYNAMIC_DISPATCH(AgeDevices)(law, ages, count, conductance);
}

}  // namespace settle
#endif
