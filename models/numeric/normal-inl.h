// Normal deviates in tiles of 64, for kernels: Philox 4x32-10 and the Box-Muller transform, vectorised.
//
// A tile is 16 counters of four words. Word k of counter c of a tile is its number 16 k + c, whatever the width of the
// vectors, so that every CPU draws the same sequence.

// The guard of Highway's per-target headers.
#if defined(SETTLE_NORMAL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef SETTLE_NORMAL_INL_H
#undef SETTLE_NORMAL_INL_H
#else
#define SETTLE_NORMAL_INL_H
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "settle/models/numeric/random.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kCounters = 16;
constexpr size_t kTile = 4 * kCounters;
using F = hn::CappedTag<float, kCounters>;
using U = hn::RebindToUnsigned<F>;
using I = hn::RebindToSigned<F>;
using VF = hn::Vec<F>;
using VU = hn::Vec<U>;

// Lanes of 64 bits, of which the rounds below use the lower half alone: the upper one need not be cleared.
using W = hn::RepartitionToWide<U>;
using VW = hn::Vec<W>;

HWY_INLINE void philox_round(VW c[4], VW k0, VW k1) {
  const U u;
  const VW first = hn::MulEven(hn::BitCast(u, c[0]), hn::Set(u, 0xD2511F53u));
  const VW second = hn::MulEven(hn::BitCast(u, c[2]), hn::Set(u, 0xCD9E8D57u));
  c[0] = hn::Xor(hn::Xor(hn::ShiftRight<32>(second), c[1]), k0);
  c[2] = hn::Xor(hn::Xor(hn::ShiftRight<32>(first), c[3]), k1);
  c[1] = second;
  c[3] = first;
}

// Counters of even and of odd lanes apart, so that products of 64 bits need not be taken to pieces and put together
// again in each round.
HWY_INLINE void philox(VU c[4], std::uint32_t k0, std::uint32_t k1) {
  const U u;
  const W w;
  VW even[4], odd[4];
  for (int k = 0; k < 4; ++k) {
    even[k] = hn::BitCast(w, c[k]);
    odd[k] = hn::ShiftRight<32>(even[k]);
  }
  for (int round = 0; round < 10; ++round) {
    const VW key0 = hn::Set(w, k0), key1 = hn::Set(w, k1);
    philox_round(even, key0, key1);
    philox_round(odd, key0, key1);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int k = 0; k < 4; ++k) c[k] = hn::OddEven(hn::BitCast(u, hn::ShiftLeft<32>(odd[k])), hn::BitCast(u, even[k]));
}

// Two normal deviates from two words. The radius takes 24 bits, so no deviate exceeds 5.9. The angle's upper two
// bits choose the quadrant, the rest an angle within an eighth of a turn, where short polynomials do (1e-6).
HWY_INLINE void box_muller(VU radius_word, VU angle_word, VF& first, VF& second) {
  const F f;
  const U u;
  const I i;
  const auto to_float = [&](VU v) { return hn::ConvertTo(f, hn::BitCast(i, v)); };
  const VF uniform = hn::MulAdd(to_float(hn::ShiftRight<8>(radius_word)), hn::Set(f, 0x1p-24f), hn::Set(f, 0x1p-25f));
  const VF radius = hn::Sqrt(hn::Mul(hn::Set(f, -2.0f), hn::Log(f, uniform)));

  const VF fraction = hn::MulAdd(to_float(hn::And(hn::ShiftRight<6>(angle_word), hn::Set(u, 0xffffffu))),
                                 hn::Set(f, 0x1p-24f), hn::Set(f, 0x1p-25f - 0.5f));
  const VF x = hn::Mul(fraction, hn::Set(f, 1.57079632679f));
  const VF x2 = hn::Mul(x, x);
  VF s = hn::MulAdd(x2, hn::Set(f, -1.0f / 5040), hn::Set(f, 1.0f / 120));
  s = hn::MulAdd(x2, s, hn::Set(f, -1.0f / 6));
  s = hn::MulAdd(hn::Mul(x2, s), x, x);
  VF c = hn::MulAdd(x2, hn::Set(f, 1.0f / 40320), hn::Set(f, -1.0f / 720));
  c = hn::MulAdd(x2, c, hn::Set(f, 1.0f / 24));
  c = hn::MulAdd(x2, c, hn::Set(f, -0.5f));
  c = hn::MulAdd(x2, c, hn::Set(f, 1.0f));

  // A turn by one quadrant swaps the two and changes a sign; the signs of both are two more random bits.
  const VU sign = hn::Set(u, 0x80000000u);
  const auto swap = hn::MaskFromVec(hn::BitCast(f, hn::BroadcastSignBit(hn::BitCast(i, hn::ShiftLeft<1>(angle_word)))));
  const VF cosine = hn::IfThenElse(swap, s, c);
  const VF sine = hn::IfThenElse(swap, c, s);
  const VU cosine_sign = hn::And(hn::Xor(angle_word, hn::ShiftLeft<1>(angle_word)), sign);
  const VU sine_sign = hn::And(angle_word, sign);
  first = hn::Mul(radius, hn::BitCast(f, hn::Xor(hn::BitCast(u, cosine), cosine_sign)));
  second = hn::Mul(radius, hn::BitCast(f, hn::Xor(hn::BitCast(u, sine), sine_sign)));
}

HWY_INLINE void tile_of_normals(const Stream& stream, std::uint32_t tile, std::uint64_t sample, std::uint32_t step,
                                float* HWY_RESTRICT out) {
  const F f;
  const U u;
  const size_t lanes = hn::Lanes(f);
  for (size_t first = 0; first < kCounters; first += lanes) {
    VU c[4] = {hn::Iota(u, std::uint32_t(tile * kCounters + first)), hn::Set(u, std::uint32_t(sample)),
               hn::Set(u, std::uint32_t(sample >> 32)), hn::Set(u, step)};
    philox(c, stream.key[0], stream.key[1]);
    VF n0, n1, n2, n3;
    box_muller(c[0], c[1], n0, n1);
    box_muller(c[2], c[3], n2, n3);
    hn::StoreU(n0, f, out + first);
    hn::StoreU(n1, f, out + first + kCounters);
    hn::StoreU(n2, f, out + first + 2 * kCounters);
    hn::StoreU(n3, f, out + first + 3 * kCounters);
  }
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
