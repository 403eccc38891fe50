#include "settle/models/device/pulse_train_block.h"

namespace settle {

void count_coincidences(const PulseTrainBlock& trains, Index sample, Coincidence coincidence, Matrix<float>& counts) {
  constexpr std::uint32_t sign = PulseTrainBlock::train_sign;
  const bool flipped = coincidence == Coincidence::down_and_up || coincidence == Coincidence::negative_alone;
  const bool up_alone = coincidence == Coincidence::up_alone || coincidence == Coincidence::negative_alone;
  counts.setZero(trains.bits.rows(), trains.words.cols());
  for (Index j = 0; j < trains.words.cols(); ++j) {
    const std::uint32_t word = trains.words(sample, j) ^ (flipped ? sign : 0);
    if ((word & ~sign) == 0) continue;
    for (Index i = 0; i < counts.rows(); ++i) {
      const std::uint32_t bit = trains.bits(i, sample);
      const auto hits = float(__builtin_popcount(word & bit & ~sign));
      const bool falling = ((word ^ bit) & sign) != 0;
      counts(i, j) = !falling ? hits : up_alone ? 0.0f : -hits;
    }
  }
}

void add_coincidences(const PulseTrainBlock& trains, Index source, Coincidence coincidence,
                      Vector<std::uint32_t>& hits) {
  constexpr std::uint32_t sign = PulseTrainBlock::train_sign;
  const bool all = coincidence == Coincidence::up_and_down || coincidence == Coincidence::down_and_up;
  const std::uint32_t wanted = coincidence == Coincidence::negative_alone ? sign : 0;
  for (Index s = 0; s < trains.samples(); ++s) {
    const std::uint32_t word = trains.words(s, source), slots = word & ~sign;
    if (slots == 0) continue;
    for (Index i = 0; i < hits.size(); ++i) {
      const std::uint32_t bit = trains.bits(i, s);
      const bool counts = all || ((word ^ bit) & sign) == wanted;
      hits[i] |= counts ? slots & bit : 0u;
    }
  }
}

}  // namespace settle
