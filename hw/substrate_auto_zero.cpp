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
  if (spec_.amplifier.auto_zero == 0 || spec_.converter.readout != Readout::difference) return;
  if (gains_ != zeroed_gains_ || batches_since_zero_ >= spec_.amplifier.auto_zero) {
    read_zeros(delay);
    zeroed_gains_ = gains_;
    batches_since_zero_ = 0;
  }
  ++batches_since_zero_;
}

// Holds the state that the loop settles to in the dark, waits for as long as a clamped phase takes, and reads the
// difference of that same state to what is held; again after the second clamped phase of a symmetric nudge, as
// capacitors have lost more by then. It counts in time and energy, not as settling, nor for the gains.
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
  for (std::uint32_t reading = 0; reading < zeros_.size(); ++reading) {
    if (is_transient())
      for (Index p = 1; p < loop_.readout(); ++p)
        bank(p).start_clamped(block_);  // with noise that has forgotten the hold
    const double before_s = held_s_;
    held_s_ = read_at_s_[reading] > 0 ? read_at_s_[reading] : nominal_hold_s(reading);
    book_phase(/*clamped=*/true, held_s_ - before_s, /*steps_are_booked=*/false);
    delay += per_block(held_s_ - before_s);
    read_zero(reading, delay);
  }
  std::tie(free_count_, clamped_count_) = counts;
  std::tie(square_sum_, square_count_) = sizes;
}

void Substrate::read_zero(std::uint32_t reading, sc_core::sc_time& delay) {
  sc_core::sc_time longest;  // banks are read at the same time
  for (Index p = 1; p < loop_.readout(); ++p) {
    Vector<float>& zero = zeros_[reading][std::size_t(p)];
    zero.resize(0);
    Matrix<float> difference;
    sc_core::sc_time of_bank;
    read_difference(p, difference, of_bank);
    zero = difference.rowwise().mean();
    longest = std::max(longest, of_bank);
  }
  delay += longest;
}

// Before the first clamped phases; a transient's are as long as they take.
double Substrate::nominal_hold_s(std::uint32_t reading) const {
  const bool stepping = spec_.settling.analysis == Analysis::map;
  const double first_s = stepping ? spec_.settling.clamped_steps * map_step_s() : times_.clamped_s;
  const double second_s = stepping ? first_s : times_.turned_s;
  const double dac_s = meter->costs().dac_conversion_s();
  return reading == 0 ? dac_s + first_s : converting_until_s_ + dac_s + second_s;
}

}  // namespace settle::hw
