// Pulse trains on all lines of an array at once, for some samples one after another.
#pragma once

#include <cstdint>
#include <vector>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// A line's train in one sample is a word: bit t is set when the line fires in slot t, t < most_slots; train_sign is
/// set for a negative value. The device of word line j and bit line i is pulsed in the slots in which both fire:
/// popcount(words(s, j) & bits(i, s)) times, less the sign's bit, in the direction of the product of the signs.
struct PulseTrainBlock {
  static constexpr int most_slots = 31;
  static constexpr std::uint32_t train_sign = 1u << 31;

  Matrix<std::uint32_t> words;  // samples x sources: a word line's trains lie together
  Matrix<std::uint32_t> bits;   // targets x samples
  std::vector<int> slots;       // that each sample takes; 0: nothing fires

  Index samples() const { return words.rows(); }
};

/// The pulses that coincidences become at a device, by the sign of the product. The second device of a pair is written
/// the other way round; each device of a one-sided pair takes the coincidences of one sign as pulses up.
enum class Coincidence {
  up_and_down,  // positive: a pulse up; negative: a pulse down
  down_and_up,
  up_alone,       // positive: a pulse up; negative: none
  negative_alone  // positive: none; negative: a pulse up
};

/// counts (targets x sources) <- the pulses of one sample, their sign that of their direction.
void count_coincidences(const PulseTrainBlock& trains, Index sample, Coincidence coincidence, Matrix<float>& counts);

/// hits (a device for each bit line) |= the slots in which the devices of one word line are pulsed, in any sample.
void add_coincidences(const PulseTrainBlock& trains, Index source, Coincidence coincidence,
                      Vector<std::uint32_t>& hits);

}  // namespace settle
