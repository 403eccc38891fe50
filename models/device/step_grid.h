// A table of measured steps as the kernels read it: on the rows' own states, found by a bucket and a few comparisons.
#pragma once

#include <cstdint>
#include <vector>

#include "settle/models/device/step_table.h"

namespace settle {

/// The pieces between the states of either polarity, over which every column is a straight line; the first and the last
/// reach to infinity and are constant. Normalised states; steps in units of `dw_min`, deviations in those of the state.
struct StepGrid {
  /// Columns of `stride` floats each. `start` is a piece's first state; `low` and `high` are the states between which
  /// its lines hold (to half a percent of the step, so a little further than the piece); the rest, for pulses up and
  /// then for pulses down, are the mean step and the deviation at `low`, each with its slope.
  enum Column { start, low, high, mean, mean_slope, deviation, deviation_slope };
  static constexpr int columns_up = mean, columns_down = deviation_slope + 1, columns = columns_down + 4;
  std::vector<float> values;
  int stride = 0;
  float most_reach = 0;  // of a burst, so that second order describes it (pulse_burst-inl.h)

  /// The first piece in each of many even parts of the states, and what to add to it: halving `first_stride` down to
  /// one, step forward where the piece after the step starts at or below the state.
  std::vector<std::int32_t> buckets;
  float buckets_start = 0, buckets_per_state = 0;
  int first_stride = 0;
};

/// InputError for a table that is none (check); std::logic_error for dw_min that is not positive.
StepGrid step_grid(const StepTable& table, double dw_min);

}  // namespace settle
