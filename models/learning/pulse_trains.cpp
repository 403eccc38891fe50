// Pulse trains: by chance, vectorised over the lines, or evenly spread.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/learning/pulse_trains.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <hwy/highway.h>

#include "settle/models/learning/pulse_trains.h"
#include "settle/models/numeric/normal-inl.h"
#include "settle/models/numeric/parallel.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

// Trains of one side in one sample: line i, of probability factor |values[i]|, into trains[i stride].
//
// A slot compares 16 random bits with the probability, which is rounded up or down by chance once for each train, so
// that its mean is exact. Words of the generator: eight halves a counter, the first of which rounds.
void FireByChance(const Stream& stream, std::uint64_t sample, std::uint32_t side, const float* values, size_t lines,
                  float factor, int slots, std::uint32_t* trains, size_t stride) {
  const F f;
  const U u;
  const I i;
  const size_t lanes = hn::Lanes(f);
  float magnitude[kCounters];
  std::uint32_t fired[kCounters];
  for (size_t first = 0; first < lines; first += lanes) {
    const size_t count = std::min(lanes, lines - first);
    std::fill(magnitude, magnitude + kCounters, 0.0f);
    std::copy(values + first, values + first + count, magnitude);
    const VF value = hn::LoadU(f, magnitude);
    const VF p = hn::Min(hn::Mul(hn::Abs(value), hn::Set(f, factor)), hn::Set(f, 1.0f));
    auto threshold = hn::Zero(i);
    VU train = hn::And(hn::BitCast(u, value), hn::Set(u, PulseTrainBlock::train_sign));
    for (int half = 0; half <= slots;) {
      VU c[4] = {hn::Iota(u, std::uint32_t(first)), hn::Set(u, std::uint32_t(sample)),
                 hn::Set(u, std::uint32_t(sample >> 32)), hn::Set(u, side + std::uint32_t(half / 8))};
      philox(c, stream.key[0], stream.key[1]);
      for (int k = 0; k < 8 && half <= slots; ++k, ++half) {
        const VU word = c[k / 2];
        const auto bits = hn::BitCast(i, k % 2 ? hn::ShiftRight<16>(word) : hn::And(word, hn::Set(u, 0xffffu)));
        if (half == 0) {
          const VF rounding = hn::Mul(hn::ConvertTo(f, bits), hn::Set(f, 0x1p-16f));
          threshold = hn::ConvertTo(i, hn::MulAdd(p, hn::Set(f, 0x1p16f), rounding));
        } else {
          const VU slot = hn::Set(u, 1u << (half - 1));
          train = hn::Or(train, hn::And(slot, hn::VecFromMask(u, hn::RebindMask(u, hn::Gt(threshold, bits)))));
        }
      }
    }
    hn::StoreU(train, u, fired);
    for (size_t k = 0; k < count; ++k) trains[(first + k) * stride] = fired[k];
  }
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {
namespace {

HWY_EXPORT(FireByChance);

// One side of the array: which of the stream's steps are its own, and how it spreads a train that is not random.
enum class Lines : std::uint32_t { word = 0, bit = 16 };

void fire_by_chance(const Stream& stream, std::uint64_t sample, Lines side, const float* values, Index lines,
                    double factor, int slots, std::uint32_t* trains, Index stride) {
  HWY_DYNAMIC_DISPATCH(FireByChance)
  (stream, sample, std::uint32_t(side), values, size_t(lines), float(factor), slots, trains, size_t(stride));
}

// Trains of n firings in BL slots, for each n.
struct Patterns {
  std::uint32_t train[PulseTrainBlock::most_slots + 1] = {};

  Patterns(Lines side, int slots) {
    for (int n = 0; n <= slots; ++n) {
      // Evenly spread (Bresenham): the first t slots hold rint(t n / BL) of them.
      const auto before = [&](int t) {
        return side == Lines::word ? std::min(t, n) : (2 * t * n + slots) / (2 * slots);
      };
      for (int t = 0; t < slots; ++t)
        if (before(t + 1) > before(t)) train[n] |= 1u << t;
    }
  }
};

void fire_evenly(Lines side, const float* values, Index lines, double factor, int slots, std::uint32_t* trains,
                 Index stride) {
  const Patterns patterns(side, slots);
  for (Index i = 0; i < lines; ++i) {
    const double share = std::min(1.0, factor * double(std::abs(values[i])));
    const std::uint32_t sign = values[i] < 0 ? PulseTrainBlock::train_sign : 0;
    trains[i * stride] = patterns.train[std::lrint(share * slots)] | sign;
  }
}

}  // namespace

const PulseTrainBlock& PulseTrains::generate(ConstView<float> pre, ConstView<float> post, double rate,
                                             double weight_step, std::uint64_t first_sample, int threads) {
  if (rate < 0 || weight_step <= 0 || pre.cols() != post.cols())
    throw std::logic_error("PulseTrains::generate: rate, weight_step or samples");
  const Index samples = pre.cols();
  block_.words.resize(samples, pre.rows());
  block_.bits.resize(post.rows(), samples);
  block_.slots.assign(std::size_t(samples), 0);
  over_.assign(std::size_t(samples), 0);
  constexpr Index piece = 16;  // samples: a cache line of each word line's trains
  parallel_for((samples + piece - 1) / piece, threads, [&](Index k) {
    for (Index s = k * piece; s < std::min(samples, (k + 1) * piece); ++s) {
      std::uint32_t *words = block_.words.data() + s, *bits = block_.bits.col(s).data();
      const float *x = pre.col(s).data(), *d = post.col(s).data();
      const double x_max = double(pre.col(s).cwiseAbs().maxCoeff()), d_max = double(post.col(s).cwiseAbs().maxCoeff());
      const double pulses = rate * x_max * d_max / weight_step;  // k of the formula
      if (pulses == 0) {
        block_.words.row(s).setZero();
        block_.bits.col(s).setZero();
        continue;
      }
      const int slots = int(std::clamp(std::ceil(pulses), 1.0, double(PulseTrainBlock::most_slots)));
      block_.slots[std::size_t(s)] = slots;
      over_[std::size_t(s)] = pulses > PulseTrainBlock::most_slots;
      const double largest = std::sqrt(pulses / slots), word_factor = largest / x_max, bit_factor = largest / d_max;
      if (coding_ == PulseCoding::stochastic) {
        const std::uint64_t sample = first_sample + std::uint64_t(s);
        fire_by_chance(stream_, sample, Lines::word, x, pre.rows(), word_factor, slots, words, samples);
        fire_by_chance(stream_, sample, Lines::bit, d, post.rows(), bit_factor, slots, bits, 1);
      } else {
        fire_evenly(Lines::word, x, pre.rows(), word_factor, slots, words, samples);
        fire_evenly(Lines::bit, d, post.rows(), bit_factor, slots, bits, 1);
      }
    }
  });
  return block_;
}

int PulseTrains::coincide(const Vector<float>& pre, const Vector<float>& post, double rate, double weight_step,
                          std::uint64_t sample, Matrix<float>& counts) {
  const PulseTrainBlock& trains = generate(ConstView<float>(pre.data(), pre.size(), 1),
                                           ConstView<float>(post.data(), post.size(), 1), rate, weight_step, sample);
  count_coincidences(trains, 0, Coincidence::up_and_down, counts);
  return trains.slots[0];
}

}  // namespace settle
#endif
