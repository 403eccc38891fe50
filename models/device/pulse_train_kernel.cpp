// Coincident pulse trains: the popcount of a word line's and a bit line's firings is a cell's number of pulses.
//
// A range of cells is worked on for a block of samples at a time, whose trains stay in the first cache, column by
// column. The samples in which a column's word line fires are cut into chunks; a chunk's pulses are counted, in order,
// and are one burst of each cell. Cells for which that would not do, near their bounds, are left aside from there to
// the end of the block, and walked then.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/device/pulse_train_kernel.cpp"
#ifndef HWY_WANT_AVX3_DL
#define HWY_WANT_AVX3_DL  // which counts bits in one instruction
#endif
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>
#include <cmath>

#include <hwy/highway.h>

#include "settle/models/device/pulse_kernel.h"
#include "settle/models/device/pulse_walk-inl.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {

constexpr size_t kRows = size_t(train_rows), kCols = size_t(train_cols), kSamples = 64;
constexpr std::uint32_t kSign = PulseTrainBlock::train_sign;

// The trains of a range in one block of samples. Rows that the range has not do not fire.
struct Block {
  std::uint32_t bits[kSamples * kRows] = {};  // a sample's bit lines together
  std::uint32_t words[kCols * kSamples];      // a word line's samples together
  size_t samples = 0;

  void fill(const PulseTrainBlock& trains, const TrainRange& r, Index first_sample, bool flipped) {
    samples = std::min(kSamples, size_t(trains.samples() - first_sample));
    for (size_t k = 0; k < samples; ++k) {
      const std::uint32_t* from = &trains.bits(r.first_row, first_sample + Index(k));
      std::copy(from, from + r.rows, bits + k * kRows);
    }
    for (size_t j = 0; j < size_t(r.cols); ++j) {
      const std::uint32_t* from = &trains.words(first_sample, r.first_col + Index(j));
      for (size_t k = 0; k < samples; ++k) words[j * kSamples + k] = from[k] ^ (flipped ? kSign : 0);
    }
  }
};

// A column's firing samples, of which a chunk is a range.
struct Firing {
  std::uint32_t sample[kSamples], train[kSamples];  // the train with its sign
};

// The pulses of a chunk on a tile of cells.
struct Counts {
  float all[kTile], up[kTile], up_then_down[kTile];
};

template <bool kUpAlone>
HWY_INLINE bool count(const Block& block, const Firing& firing, size_t begin, size_t end, size_t row, size_t rows,
                      Counts& counts) {
  const F f;
  const U u;
  const I i;
  constexpr size_t kAtOnce = 2;  // vectors: enough to hide the latencies
  const size_t lanes = hn::Lanes(f);
  VF any = hn::Zero(f);
  for (size_t first = 0; first < rows; first += kAtOnce * lanes) {
    VF all[kAtOnce], up[kAtOnce], pairs[kAtOnce];
    for (size_t v = 0; v < kAtOnce; ++v) all[v] = up[v] = pairs[v] = hn::Zero(f);
    for (size_t k = begin; k < end; ++k) {
      const VU train = hn::Set(u, firing.train[k] & ~kSign), sign = hn::Set(u, firing.train[k] & kSign);
      const std::uint32_t* bits = block.bits + firing.sample[k] * kRows + row + first;
      for (size_t v = 0; v < kAtOnce; ++v) {
        const VU bit = hn::LoadU(u, bits + v * lanes);
        const auto falling = hn::RebindMask(f, hn::Lt(hn::BitCast(i, hn::Xor(bit, sign)), hn::Zero(i)));
        VF n = hn::ConvertTo(f, hn::BitCast(i, hn::PopulationCount(hn::And(bit, train))));
        if (kUpAlone) {
          all[v] = hn::IfThenElse(falling, all[v], hn::Add(all[v], n));
        } else {
          all[v] = hn::Add(all[v], n);
          pairs[v] = hn::IfThenElse(falling, hn::MulAdd(n, up[v], pairs[v]), pairs[v]);
          up[v] = hn::IfThenElse(falling, up[v], hn::Add(up[v], n));
        }
      }
    }
    for (size_t v = 0; v < kAtOnce; ++v) {
      const size_t at = first + v * lanes;
      hn::StoreU(all[v], f, counts.all + at);
      hn::StoreU(kUpAlone ? all[v] : up[v], f, counts.up + at);
      hn::StoreU(pairs[v], f, counts.up_then_down + at);
      any = hn::Max(any, all[v]);
    }
  }
  return !hn::AllFalse(f, hn::Gt(any, hn::Zero(f)));
}

// Cells left aside: each is its row and column in the range and the sample from which it is to be walked, in one word.
class Aside {
 public:
  HWY_INLINE void add(hn::Mask<F> which, size_t row, size_t col, size_t sample) {
    const U u;
    const VU entry = hn::Add(hn::ShiftLeft<kRowShift>(hn::Iota(u, std::uint32_t(row))),
                             hn::Set(u, std::uint32_t(col << kColShift | sample)));
    size_ += hn::CompressStore(entry, hn::RebindMask(u, which), u, entries_ + size_);
  }

  template <class Law>
  HWY_NOINLINE void walk_all(const CellArrays& cells, const Block& block, bool up_alone, const TrainRange& range,
                             Index targets, const Law& law, const Noise& noise, std::uint32_t first_step,
                             PulseSum& sum) {
    const size_t lanes = hn::Lanes(F());
    for (size_t k = 0; k < size_; k += lanes) {
      const size_t n = std::min(lanes, size_ - k);
      Runs next(block, up_alone, entries_ + k, n);
      std::uint32_t cell[kCounters] = {};
      for (size_t l = 0; l < n; ++l) {
        const std::uint32_t e = entries_[k + l];
        cell[l] = std::uint32_t((range.first_col + Index(e >> kColShift & (kCols - 1))) * targets + range.first_row +
                                Index(e >> kRowShift));
      }
      walk(cells, cell, n, law, next, noise, first_step, sum);
    }
    size_ = 0;
  }

 private:
  static constexpr int kColShift = 6, kRowShift = 11;  // 64 samples, 32 columns
  static_assert(kSamples == 1u << kColShift && kCols == 1u << (kRowShift - kColShift), "fields of an entry");

  // Each lane's pulses to the block's end, as runs of one polarity: of all samples until it changes.
  struct Runs {
    float pulses[(kSamples + 2) * kCounters];  // signed numbers of pulses; a lane's runs are kCounters apart
    VI at, end;                                // of each lane: the next run, and where there is none

    HWY_INLINE Runs(const Block& block, bool up_alone, const std::uint32_t* entries, size_t n) {
      const F f;
      const U u;
      const I i;
      const auto samples = std::int32_t(block.samples);
      std::int32_t rows[kCounters] = {}, words[kCounters] = {}, first[kCounters];
      std::fill(first, first + kCounters, samples);  // lanes without a cell are at the end
      for (size_t l = 0; l < n; ++l) {
        rows[l] = std::int32_t(entries[l] >> kRowShift);
        words[l] = std::int32_t((entries[l] >> kColShift & (kCols - 1)) * kSamples);
        first[l] = std::int32_t(entries[l] & (kSamples - 1));
      }
      const VI row = hn::LoadU(i, rows), word = hn::LoadU(i, words), begin = hn::LoadU(i, first);
      const VI width = hn::Set(i, std::int32_t(kCounters));
      const VF zero = hn::Zero(f);
      at = end = hn::Iota(i, 0);
      VF run = zero;
      for (std::int32_t k = *std::min_element(first, first + n); k < samples; ++k) {
        const VU train = hn::GatherIndex(u, block.words + k, word);
        const VU bit = hn::GatherIndex(u, block.bits + size_t(k) * kRows, row);
        const VU both = hn::AndNot(hn::Set(u, kSign), hn::And(train, bit));
        const VF count = hn::ConvertTo(f, hn::BitCast(i, hn::PopulationCount(both)));
        const auto falling = hn::RebindMask(f, hn::Lt(hn::BitCast(i, hn::Xor(train, bit)), hn::Zero(i)));
        const VF own = hn::IfThenElse(falling, up_alone ? zero : hn::Neg(count), count);
        const auto begun = hn::RebindMask(f, hn::Lt(begin, hn::Set(i, k + 1)));
        const VF more = hn::IfThenElseZero(begun, own);
        const auto turns = hn::Lt(hn::Mul(run, more), zero);
        hn::ScatterIndex(run, f, pulses, end);
        end = hn::Add(end, hn::IfThenElseZero(hn::RebindMask(i, turns), width));
        run = hn::Add(hn::IfThenElse(turns, zero, run), more);
      }
      hn::ScatterIndex(run, f, pulses, end);
      end = hn::Add(end, hn::IfThenElseZero(hn::RebindMask(i, hn::Ne(run, zero)), width));
    }

    HWY_INLINE bool operator()(VF& remaining, hn::Mask<F>& rising) {
      const F f;
      const I i;
      const auto idle = hn::And(hn::Eq(remaining, hn::Zero(f)), hn::RebindMask(f, hn::Lt(at, end)));
      if (!hn::AllFalse(f, idle)) {
        const VF run = hn::GatherIndex(f, pulses, at);
        remaining = hn::IfThenElse(idle, hn::Abs(run), remaining);
        rising = hn::Or(hn::And(idle, hn::Gt(run, hn::Zero(f))), hn::AndNot(idle, rising));
        at = hn::Add(at, hn::IfThenElseZero(hn::RebindMask(i, idle), hn::Set(i, std::int32_t(kCounters))));
      }
      return !hn::AllFalse(f, hn::Gt(remaining, hn::Zero(f)));
    }
  };

  size_t size_ = 0;
  std::uint32_t entries_[kRows * kCols + kTile];
};

// The sums of a column and a block of samples; floats hold those.
struct Sums {
  VF pulses, states;

  HWY_INLINE void add_to(PulseSum& sum) const {
    sum.pulses += double(hn::GetLane(hn::SumOfLanes(F(), pulses)));
    sum.state += double(hn::GetLane(hn::SumOfLanes(F(), states)));
  }
};

// The cells of a column that are aside.
struct Left {
  float cells[kRows] = {};
  bool any = false;
};

// One chunk on one tile, whose cells begin at `c` and at `row` of the range.
template <class Law>
HWY_NOINLINE void burst_tile(const CellArrays& c, const Counts& counts, size_t row, size_t rows, size_t col,
                             size_t sample, const float* xi, const Law& law, Aside& aside, Left& left, Sums& sums) {
  const F f;
  const VF zero = hn::Zero(f);
  for (size_t i = 0; i < rows; i += hn::Lanes(f)) {
    const VF n = hn::LoadU(f, counts.all + i);
    if (hn::AllTrue(f, hn::Eq(n, zero))) continue;
    const Devices d = load(c, Index(i));
    const VF w = hn::LoadU(f, c.state + i);
    const VF up = hn::LoadU(f, counts.up + i);
    const Sequence sequence{up, hn::Sub(n, up), hn::LoadU(f, counts.up_then_down + i)};
    const Moved m = burst(law, sequence, hn::LoadU(f, xi + i), w, d);
    auto here = hn::Gt(n, zero);
    if (left.any) here = hn::And(here, hn::Eq(hn::LoadU(f, left.cells + row + i), zero));
    const auto moving = mobile(d);
    const auto leave = hn::AndNot(m.valid, hn::And(here, moving));
    if (!hn::AllFalse(f, leave)) {
      left.any = true;
      hn::StoreU(hn::Add(hn::LoadU(f, left.cells + row + i), hn::IfThenElseZero(leave, hn::Set(f, 1.0f))), f,
                 left.cells + row + i);
      aside.add(leave, row + i, col, sample);
      here = hn::AndNot(leave, here);
    }
    const VF moved = clip(hn::Add(w, m.change), d);
    hn::StoreU(hn::IfThenElse(here, moved, w), f, c.state + i);
    // single pulses may have met a bound, and some devices do not move
    const auto burst_moved = hn::And(moving, hn::Gt(n, hn::Set(f, 1.0f)));
    const VF middle = hn::Mul(hn::Mul(n, hn::Set(f, 0.5f)), hn::Add(w, moved));
    sums.pulses = hn::Add(sums.pulses, hn::IfThenElseZero(here, n));
    sums.states = hn::Add(sums.states, hn::IfThenElseZero(here, hn::IfThenElse(burst_moved, m.states, middle)));
  }
}

// One column in one block of samples. `c` is its first cell of the range, `tile` the place of that in the array, in
// tiles of 64 cells of which every column has a whole number.
template <bool kUpAlone, class Law>
HWY_INLINE void pulse_column(const CellArrays& c, size_t rows, const Block& block, size_t col, int firings,
                             const Law& law, const Noise& noise, std::uint32_t tile, std::uint32_t first_step,
                             Aside& aside, PulseSum& sum) {
  Firing firing;
  size_t fired = 0;
  for (size_t k = 0; k < block.samples; ++k) {
    firing.sample[fired] = std::uint32_t(k);
    firing.train[fired] = block.words[col * kSamples + k];
    fired += (firing.train[fired] & ~kSign) != 0;
  }
  Left left;
  Sums sums{hn::Zero(F()), hn::Zero(F())};
  for (size_t begin = 0, end = 0; begin < fired; begin = end) {
    int together = 0;
    for (end = begin; end < fired; ++end) {
      together += __builtin_popcount(firing.train[end] & ~kSign);
      if (end > begin && together > firings) break;
    }
    for (size_t row = 0; row < rows; row += kTile) {
      const size_t count_rows = std::min(kTile, rows - row);
      Counts counts;
      if (!count<kUpAlone>(block, firing, begin, end, row, count_rows, counts)) continue;
      float xi[kTile];
      tile_of_normals(noise.stream, tile + std::uint32_t(row / kTile), noise.round, first_step + firing.sample[begin],
                      xi);
      const CellArrays here{c.state + row,      c.up + row,    c.down + row, c.slope_up + row,
                            c.slope_down + row, c.lower + row, c.upper + row};
      burst_tile(here, counts, row, count_rows, col, firing.sample[begin], xi, law, aside, left, sums);
    }
  }
  sums.add_to(sum);
}

// A column whose rows are no whole number of vectors, copied aside.
class Copy {
 public:
  Copy(const CellArrays& from, size_t rows) : from_(from), rows_(rows) {
    const float* arrays[7] = {from.state, from.up, from.down, from.slope_up, from.slope_down, from.lower, from.upper};
    for (size_t k = 0; k < 7; ++k) std::copy(arrays[k], arrays[k] + rows, copy_[k]);
  }
  void put_back() { std::copy(copy_[0], copy_[0] + rows_, from_.state); }
  CellArrays cells() { return {copy_[0], copy_[1], copy_[2], copy_[3], copy_[4], copy_[5], copy_[6]}; }

 private:
  const CellArrays& from_;
  size_t rows_;
  float copy_[7][kRows] = {};
};

template <bool kUpAlone, class Law>
HWY_INLINE PulseSum pulse_range(const CellArrays& c, size_t targets, const PulseTrainBlock& trains, bool flipped,
                                int firings, const TrainRange& r, const Law& law, const Noise& noise) {
  PulseSum sum;
  Block block;
  Aside aside;
  const size_t rows = size_t(r.rows), tiles = (targets + kTile - 1) / kTile;
  for (Index first = 0; first < trains.samples(); first += Index(kSamples)) {
    block.fill(trains, r, first, flipped);
    for (size_t col = 0; col < size_t(r.cols); ++col) {
      const size_t j = size_t(r.first_col) + col, at = j * targets + size_t(r.first_row);
      const auto tile = std::uint32_t(j * tiles + size_t(r.first_row) / kTile);
      const CellArrays here{c.state + at,      c.up + at,    c.down + at, c.slope_up + at,
                            c.slope_down + at, c.lower + at, c.upper + at};
      if (rows % hn::Lanes(F()) == 0) {
        pulse_column<kUpAlone>(here, rows, block, col, firings, law, noise, tile, std::uint32_t(first), aside, sum);
      } else {
        Copy copy(here, rows);
        pulse_column<kUpAlone>(copy.cells(), rows, block, col, firings, law, noise, tile, std::uint32_t(first), aside,
                               sum);
        copy.put_back();
      }
    }
    // A block has at most 64 31 single pulses, four of which take a step: fewer than 512, eight for each sample.
    constexpr std::uint32_t walked = 1u << 31;
    aside.walk_all(c, block, kUpAlone, r, Index(targets), law, noise, walked + 8 * std::uint32_t(first), sum);
  }
  return sum;
}

void Trains(const CellArrays& cells, size_t targets, const PulseTrainBlock& trains, Coincidence coincidence,
            int firings, const TrainRange& range, const ResponseLaw& response, const Stream& noise, std::uint64_t round,
            PulseSum& sum) {
  const bool flipped = coincidence == Coincidence::down_and_up || coincidence == Coincidence::negative_alone;
  const bool up_alone = coincidence == Coincidence::up_alone || coincidence == Coincidence::negative_alone;
  with_law(response, [&](const auto& law) {
    const Noise n{noise, round};
    sum = up_alone ? pulse_range<true>(cells, targets, trains, flipped, firings, range, law, n)
                   : pulse_range<false>(cells, targets, trains, flipped, firings, range, law, n);
  });
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(Trains);

int firings_at_once(const DevicePreset& p) {
  // n linear + sqrt(n) root <= limit
  const auto most = [](double linear, double root, double limit) {
    return std::pow(2 * limit / (root + std::sqrt(root * root + 4 * linear * limit) + 1e-30), 2);
  };
  const double range = p.w_max - p.w_min, w = 0.5 * (p.w_max + p.w_min), h = 1e-3 * range;
  const bool curved = p.response == Response::exponential || p.response == Response::power;
  double n = 4096;
  for (const bool rising : {true, false}) {
    const double before = nominal_step(p, w - h, rising), step = nominal_step(p, w, rising),
                 after = nominal_step(p, w + h, rising);
    const double slope = std::abs(after - before) / (2 * h), curvature = std::abs(after + before - 2 * step) / (h * h);
    const double bent = curved && slope > 0 ? std::max(slope, curvature / slope * step) : slope;
    const double noise = nominal_noise(p, w, rising);
    n = std::min({n, most(bent, bent * noise / (2 * std::abs(step) + 1e-30), curved ? 0.15 : 0.2),
                  most(std::abs(step), 4 * noise, 0.2 * range)});
  }
  return std::max(1, int(n));
}

PulseSum pulse_trains(const CellArrays& cells, Index targets, const PulseTrainBlock& trains, Coincidence coincidence,
                      int firings, const TrainRange& range, const ResponseLaw& law, const Stream& noise,
                      std::uint64_t round) {
  PulseSum sum;
  HWY_DYNAMIC_DISPATCH(Trains)(cells, size_t(targets), trains, coincidence, firings, range, law, noise, round, sum);
  return sum;
}

}  // namespace settle
#endif
