// The inner loop of programming: single pulses on many cells, each with noise of its own.
#pragma once

#include "models/device/device_array.h"

namespace settle {

/// A range [first, first + count) of an array's cells; `first` is a multiple of 64. Arrays are those of the whole
/// array, so that a cell's noise does not depend on the range it is in.
struct PulseCells {
  const float* counts;
  float* state;
  const float *up, *down, *slope_up, *slope_down, *lower, *upper;
  Index first, count;
};

struct ExponentialResponse {
  float a_up, a_down, gamma_up, gamma_down, z_slope, z_offset;
};

/// w <- w +- s (1 - slope w)(1 + ctoc xi), clipped to the bounds, |counts| times.
PulseSum pulse_affine(const PulseCells& cells, float ctoc, const Stream& noise, std::uint64_t round);

/// w <- w +- s max(1 - A e^(+-gamma z), 0)(1 + ctoc xi), z = z_slope w + z_offset, likewise.
PulseSum pulse_exponential(const PulseCells& cells, const ExponentialResponse& response, float ctoc,
                           const Stream& noise, std::uint64_t round);

}  // namespace settle
