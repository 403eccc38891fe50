// The inner loops of programming: pulses on many cells, each with noise of its own.
#pragma once

#include "settle/models/device/pulse_sum.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/device/response.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// A whole array's cells (see DeviceArray::Cells), targets x sources, so that a cell's noise does not depend on the
/// range that it is worked on in.
struct CellArrays {
  float* state;
  const float *up, *down, *slope_up, *slope_down, *lower, *upper;
};

/// A multiple of the tiles in which noise is drawn.
constexpr Index count_piece = 64 * 256;  // NOLINT(bugprone-implicit-widening-of-multiplication-result): it is small

/// Gives cells [first, first + count) |counts| pulses each, of the sign of counts, which has one element for each of
/// them; `first` is a multiple of count_piece. Noise is a function of (noise, round, step, cell); n pulses take it from
/// up to 2 + n / 4 steps.
PulseSum pulse_counts(const CellArrays& cells, const float* counts, Index first, Index count, const ResponseLaw& law,
                      const Stream& noise, std::uint64_t round, std::uint32_t step);

/// The number of firings of a word line to take together: at most as many pulses of a cell as are one burst of a
/// nominal device (pulse_burst-inl.h) amid its range, with a fifth of the range as its room.
int firings_at_once(const DevicePreset& preset);

/// The cells of some word and bit lines. Rows begin at a multiple of train_rows; there are at most train_rows of them,
/// and at most train_cols columns.
struct TrainRange {
  Index first_row, rows;
  Index first_col, cols;
};
constexpr Index train_rows = 128;
constexpr Index train_cols = 32;

/// Coincident trains on a range of an array of `targets` rows. `firings`: firings_at_once.
PulseSum pulse_trains(const CellArrays& cells, Index targets, const PulseTrainBlock& trains, Coincidence coincidence,
                      int firings, const TrainRange& range, const ResponseLaw& law, const Stream& noise,
                      std::uint64_t round);

}  // namespace settle
