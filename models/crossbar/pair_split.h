// How the devices of a two-sided proportional pair share pulses, for most weights at once.
#pragma once

#include <cstdint>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// One device of each pair: its state, and its own lower bound.
struct PairDevices {
  const float *state, *lower;
};

/// Splits counts[first] to counts[first + count - 1] where that takes no response: the device on the other side is at
/// its lower bound, so that the own one takes all pulses; or so far above it that all pulses bring it down, at no more
/// than `most_step` each. Writes the pulses of both devices (up positive), an element for each of these weights, and to
/// `unsure` the places of those for which they are not known yet. Returns the number of these.
Index split_sure(const float* counts, const PairDevices& plus, const PairDevices& minus, Index first, Index count,
                 float most_step, float* plus_counts, float* minus_counts, std::uint32_t* unsure);

}  // namespace settle
