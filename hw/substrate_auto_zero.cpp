// What the difference amplifiers read at zero, which the chip measures and takes off. It holds what does not change
// from sample to sample: the amplifiers' and ADCs' offset, and what the hold capacitors gain from their switches and
// lose until they are read.
#include <algorithm>
#include <tuple>
#include <utility>

#include "hw/sim_time.h"
#include "hw/substrate.h"
#include "hw/substrate_parts.h"

namespace settle::hw {
namespace {

constexpr Index readings = 32;                       // of each amplifier; their noise averages out
constexpr std::uint64_t first_reading = 1ull << 61;  // their numbers: out of the way of samples

}  // namespace

// An offset is calibrated with the gain in use: a new gain calls for a new calibration.
void Substrate::auto_zero(sc_core::sc_time& delay) {
  if (spec_.amplifier.auto_zero == 0 || spec_.readout != Readout::difference) return;
  if (gains_ != zeroed_gains_ || batches_since_zero_ >= spec_.amplifier.auto_zero) {
    read_zeros(delay);
    zeroed_gains_ = gains_;
    batches_since_zero_ = 0;
  }
  ++batches_since_zero_;
}

// Holds the state that the loop settles to in the dark, waits for as long as a clamped phase takes, and reads the
// difference of that same state to what is held. It counts in time and energy, not as settling, nor for the gains.
void Substrate::read_zeros(sc_core::sc_time& delay) {
  const auto counts = std::make_pair(free_count_, clamped_count_);
  const auto sizes = std::make_pair(square_sum_, square_count_);
  const Block block{readings, readings, first_reading + zero_readings_, spec_.threads};
  zero_readings_ += std::uint64_t(readings);
  present(block, Matrix<std::uint8_t>::Zero(spec_.graph.population(0).size, readings), delay);
  settle_free(/*for_training=*/true, delay);
  hold(delay);
  enter(Phase::clamped);
  error_.setZero(spec_.graph.population(loop_.readout()).size, readings);
  held_s_ = last_held_s_ > 0 ? last_held_s_ : nominal_hold_s();
  book_phase(/*clamped=*/true, held_s_, /*steps_are_booked=*/false);
  delay += per_block(held_s_);
  sc_core::sc_time reading;
  for (Index p = 1; p < loop_.readout(); ++p) {
    Vector<float>& zero = zeros_[std::size_t(p)];
    zero.resize(0);
    Matrix<float> difference;
    sc_core::sc_time of_bank;  // banks are read at the same time
    read_difference(p, difference, of_bank);
    zero = difference.rowwise().mean();
    reading = std::max(reading, of_bank);
  }
  delay += reading;
  std::tie(free_count_, clamped_count_) = counts;
  std::tie(square_sum_, square_count_) = sizes;
}

// Before the first clamped phase; a transient's is as long as it takes.
double Substrate::nominal_hold_s() const {
  return meter->costs().dac_conversion_s() +
         (spec_.analysis == Analysis::map ? spec_.clamped_steps * map_step_s() : times_.clamped_s);
}

}  // namespace settle::hw
