// Several looks at one sample's clamped phases, over which noise averages out: readings that are repeated while a phase
// stands, and phases that are added up on capacitors (lock-in).
#include <algorithm>
#include <cmath>
#include <utility>

#include "settle/models/chip/chip.h"
#include "settle/models/settling/phase.h"

namespace settle {

// The slowest of a loop whose matrix has the radius r decays with tau / (1 - r). What has come through several neurons
// forgets later than what a neuron has by itself: after five of these times a twenty-fifth of it is left.
double Chip::noise_time_s() const {
  constexpr double times = 5, largest_radius = 0.9;  // larger ones are not settled loops' own
  if (!noise_in_time().any()) return 0;
  const double radius = std::isfinite(radius_settled_) ? std::min(radius_settled_, largest_radius) : largest_radius;
  return times * circuit_->longest_tau_s() / (1 - radius);
}

void Chip::read_differences_and_wait(std::vector<Matrix<float>>& differences) {
  convert_differences(differences);
  wait_for_noise();
}

// Lets the clamped phase go on. It is not settled anew: where held states fall, it follows them.
void Chip::wait_for_noise() {
  enter(Phase::clamped);
  const double step_s = design_.settling.time_step_s;
  const std::int64_t steps = std::llround(std::ceil(noise_time_s() / step_s));
  double seconds = is_transient() ? double(steps) * step_s : noise_time_s();
  if (!is_transient() && design_.crossbar.turns == Turns::twice && reads_->any_turns()) seconds *= 2;
  held_s_ = std::max(held_s_, converting_until_s_) + seconds;
  const bool follows = lines_carry_differences() && difference_readout(1).sample_hold().capacitors().moves();
  if (follows) {
    if (is_transient()) power_.note_lines();
    offset_held(held_s_);
    drive_from_error();
    power_.neurons_move();
    if (is_transient()) power_.book_swings();
  }
  if (is_transient()) {
    for (std::int64_t i = 0; i < steps; ++i) step_transient(step_s);
    let_time_pass(Time::seconds(seconds) * (block_.samples - 1));  // the first sample's has passed
    return;
  }
  if (follows) {
    const Method method = design_.settling.analysis == Analysis::map ? Method::map : Method::sweeps;
    block_.for_chunks([&](Index k, Index first, Index width) {
      settle::settle_clamped(*circuit_, state_.chunk(first, width),
                             {method, int(design_.settling.clamped_steps), design_.settling.tolerance},
                             contraction_[std::size_t(k)]);
    });
    power_.lines_change();
  }
  draw_noise();
  pass(seconds, block_.samples);
}

void Chip::integrate(float nudge) {
  double longest_s = 0;  // banks are read at the same time
  for (Index p = 1; p < circuit_->readout(); ++p) longest_s = std::max(longest_s, integrate_difference(p, nudge));
  pass(Phase::contrast, longest_s, block_.samples);
  go_idle();
}

double Chip::integrate_difference(Index p, float nudge) {
  enter(Phase::contrast);
  const Matrix<float>& on_lines = noisy_difference(p);
  const float sign = nudge < 0 ? -1.0f : 1.0f;
  DifferenceReadout& readout = difference_readout(p);
  read_at_s_[next_reading(p)] = held_s_;
  const double seconds = lines_carry_differences()
                             ? readout.integrate_lines(block_, on_lines, held_s_, sign)
                             : readout.integrate(block_, state_.bank(p).state, on_lines, held_s_, sign);
  converting_until_s_ = std::max(converting_until_s_, held_s_ + seconds);
  return seconds;
}

void Chip::read_integral(std::vector<Matrix<float>>& differences) {
  enter(Phase::contrast);
  differences.resize(design_.graph.populations.size());
  double longest_s = 0;
  held_s_ = std::max(held_s_, converting_until_s_);
  for (Index p = 1; p < circuit_->readout(); ++p)
    longest_s = std::max(longest_s, difference_readout(p).read_integral(block_, held_s_, differences[std::size_t(p)]));
  converting_until_s_ = held_s_ + longest_s;
  pass(Phase::contrast, longest_s, block_.samples);
}

}  // namespace settle
