// The chip's work on a block of samples, phase by phase. Its readings are in chip_readout.cpp.
#include <algorithm>
#include <cmath>
#include <exception>
#include <stdexcept>
#include <utility>

#include "settle/models/chip/chip.h"
#include "settle/models/chip/finite.h"
#include "settle/models/error.h"
#include "settle/models/learning/back_propagation.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/settling/phase.h"
#include "settle/models/settling/settling_watch.h"
#include "settle/models/settling/stability.h"

namespace settle {
namespace {

constexpr int most_taus = 1000;  // a transient that has not settled by then does not

// Does work of a phase; where a number is not finite, the message gets the step.
template <class Work>
void in_step(std::int64_t step, const Work& work) {
  try {
    work();
  } catch (const NotFinite& error) {
    throw NotFinite(std::string(error.what()) + ", in step " + std::to_string(step));
  }
}

}  // namespace

void Chip::present(const Block& block, const Matrix<std::uint8_t>& pixels) {
  go_idle();
  enter(Phase::load);
  block_ = block;
  power_.lines_change();
  readings_ = noise_draws_ = 0;
  noise_is_clamped_ = false;
  loop_noise_->clear();
  clamped_ = false;
  preset_.clear();
  contraction_.assign(std::size_t(block.chunks()), 0.0);
  state_.resize(*circuit_, block.columns());
  const double seconds = input_dac_->convert_pixels(block, pixels, input_);
  block.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk = state_.chunk(first, width);
    drive_from_input(*circuit_, chunk, columns(std::as_const(input_), first, width));
    release(*circuit_, chunk);
  });
  pass(seconds, block_.samples);
}

void Chip::settle_free(Use use) {
  enter(Phase::free);
  sense_->enter(false);
  drive_for(Phase::free);
  start_free();
  // what was timed from previous states is too short for a phase that begins at a reset all the same: a calibration
  const bool as_timed = design_.settling.start != Start::previous || !preset_.empty();
  settle_phase(free_count_, use == Use::learning && as_timed ? times_.free_s : times_.read_s,
               int(design_.settling.free_steps),
               [&](const Chunk<float>& chunk, const SettleOptions& options, double& contraction) {
                 const Settled settled = solve_free(chunk, options);
                 contraction = settled.contraction;
                 return settled;
               });
  if (use == Use::learning) check_equilibria();
}

void Chip::settle_clamped(Sign sign) {
  const bool from_rest = !clamped_;
  enter(Phase::clamped);
  sense_->enter(true);
  clamped_ = true;
  drive_for(Phase::clamped);
  settle_phase(clamped_count_, sign == Sign::second ? times_.second_sign_s : times_.clamped_s,
               int(design_.settling.clamped_steps),
               [&](const Chunk<float>& chunk, SettleOptions options, double& contraction) {
                 options.from_rest = from_rest;
                 // steps of the map are the circuit's own; an equilibrium is the same from wherever it is sought
                 if (sign == Sign::second && options.method == Method::sweeps) negate(*circuit_, chunk);
                 return settle::settle_clamped(*circuit_, chunk, options, contraction);
               });
}

void Chip::go_idle() {
  power_.release_lines();
  enter(Phase::idle);
  drive_for(Phase::idle);
}

void Chip::drive_for(Phase phase) {
  driven_phase_ = phase;
  kernel_->notify();
}

void Chip::back_propagate(const Matrix<float>& error, const std::vector<Matrix<float>>& feedback,
                          std::vector<Matrix<float>>& delta) {
  delta.resize(design_.graph.populations.size());
  for (Index p = 1; p < circuit_->readout(); ++p)
    delta[std::size_t(p)].resize(circuit_->bank(p).size(), block_.columns());
  block_.for_chunks([&](Index, Index first, Index width) {
    settle::back_propagate(*circuit_, state_.chunk(first, width), columns(error, first, width), feedback, delta);
  });
}

double Chip::back_propagation_multiplications() const { return settle::back_propagation_multiplications(*circuit_); }

// Settles a phase: in a transient until it has settled or the chip's timer, `timer_s`, ends; otherwise by `solve`, with
// at most `steps` sweeps, for which the timer's time passes, or with `steps` steps of the map, for which theirs passes.
template <class Solve>
void Chip::settle_phase(SettlingCount& count, double timer_s, int steps, const Solve& solve) {
  double seconds = timer_s;
  if (!circuit_->has_neurons()) {
    seconds = settle_nothing(count);
  } else if (is_transient()) {
    seconds = run_transient(count, timer_s);
    let_time_pass(Time::seconds(seconds) * (block_.samples - 1));  // the first sample's has passed
  } else {
    const bool stepping = design_.settling.analysis == Analysis::map;
    if (stepping) seconds = steps * map_step_s();
    const bool ramped = stepping && clamped_ && design_.learning.nudge_course == NudgeCourse::ramped;
    const int last_step =
        solve_phase(count, {stepping ? Method::map : Method::sweeps, steps, design_.settling.tolerance, ramped}, solve);
    draw_noise();
    in_step(last_step, [&] { expect_finite(design_.graph, state_, block_, clamped_); });
    power_.neurons_move();
    if (design_.crossbar.turns == Turns::twice && reads_->any_turns()) seconds *= 2;
    power_.charge_lines();
    pass(seconds, block_.samples);
  }
  held_s_ += seconds;
}

// A perceptron's input drives its read-out alone, whose lines are driven, and whose amplifiers settle, while logits are
// converted. Returns the time of that: none.
double Chip::settle_nothing(SettlingCount& count) {
  count.samples += double(block_.samples);
  free_settled_s_.assign(std::size_t(block_.samples), 0.0);
  return 0;
}

// Returns the number of steps of the chunk that took most.
template <class Solve>
int Chip::solve_phase(SettlingCount& count, const SettleOptions& options, const Solve& solve) {
  struct Outcome {
    int steps = 0;
    Index unsettled = 0, cycles = 0;
  };
  std::vector<Outcome> outcomes(std::size_t(block_.chunks()));
  block_.for_chunks([&](Index k, Index first, Index width) {
    const Chunk<float> chunk = state_.chunk(first, width);
    const Settled settled = solve(chunk, options, contraction_[std::size_t(k)]);
    Outcome& outcome = outcomes[std::size_t(k)];
    outcome.steps = settled.steps;
    if (settled.converged) return;
    const std::vector<Ending> ends = endings(*circuit_, chunk, clamped_, options);
    for (Index c = 0; c < block_.count(k); ++c) {
      outcome.unsettled += ends[std::size_t(c)] != Ending::settled;
      outcome.cycles += ends[std::size_t(c)] == Ending::cycle;
    }
  });
  for (Index k = 0; k < block_.chunks(); ++k) {
    const Outcome& outcome = outcomes[std::size_t(k)];
    count.samples += double(block_.count(k));
    count.steps += double(block_.count(k)) * outcome.steps;
    count.unsettled += double(outcome.unsettled);
    count.cycles += double(outcome.cycles);
  }
  const auto fewer = [](const Outcome& a, const Outcome& b) { return a.steps < b.steps; };
  return std::max_element(outcomes.begin(), outcomes.end(), fewer)->steps;
}

void Chip::start_transient() {
  const Chunk<float> all = state_.chunk(0, block_.columns());
  if (!clamped_) {
    place(all);
  } else if (lines_carry_differences()) {
    // held drives and states have what the free phase has left unsettled, and differences have not
  } else if (noise_in_time().any() || design_.neuron.rail > 0) {
    // a membrane ends at the rail, and its drive beyond is part of the residual;
    // noise moves the free state about; without, what the free phase left is below the tolerance, and no signal
    block_.for_chunks(
        [&](Index, Index first, Index width) { drive_from_residual(*circuit_, state_.chunk(first, width)); });
  }
  transient_->start(all, clamped_, block_.first_sample, block_.chunk, block_.threads);
  kernel_->start_transient(*this);
  kernel_->notify();
  power_.lines_change();
  power_.charge_lines();
}

void Chip::take_feedback(bool takes) {
  transient_->take_feedback(takes);
  reads_->take_feedback(takes);
}

void Chip::step_transient(double step_s) {
  power_.book_reads(step_s);
  power_.book_standing(step_s);
  power_.note_lines();
  if (reads_are_noisy_) note_read_noise();
  let_time_pass(Time::seconds(step_s));
  kernel_->step(*this, step_s);
  power_.neurons_move();
  power_.book_swings();
  kernel_->notify();
}

// Runs a transient until every sample has settled or, with noise, through which one cannot tell, until the chip's timer
// ends. Returns the time of one sample, which has passed, in seconds.
double Chip::run_transient(SettlingCount& count, double timer_s) {
  const bool timed = noise_in_time().any();
  if (timed && !times_are_measured_) throw std::logic_error("measure_settling comes before a transient with noise");
  const double step = design_.settling.time_step_s;
  const double tau_s = circuit_->longest_tau_s();  // the samples are looked at so often
  const std::int64_t steps_of_a_look = std::max<std::int64_t>(1, std::llround(tau_s / step));
  // an endless step is one of the map
  const std::int64_t most = std::max<std::int64_t>(most_taus, std::llround(most_taus * tau_s / step));
  const std::int64_t forward_steps = clamped_ ? 0 : std::llround(std::ceil(forward_s() / step));
  const std::int64_t timer =
      forward_steps + std::max<std::int64_t>(std::llround(std::ceil(timer_s / step)), 3 * steps_of_a_look);
  take_feedback(forward_steps == 0);
  start_transient();
  SettlingWatch<float> watch(*circuit_, state_.chunk(0, block_.samples), clamped_, design_.settling.tolerance,
                             noise_in_time());
  std::int64_t steps = 0;
  const auto expect_finite_states = [&] { expect_finite(design_.graph, state_, block_, clamped_); };
  const auto advance = [&] {
    in_step(++steps, [&] {
      std::exception_ptr failed;
      try {
        step_transient(step);
      } catch (const NotFinite&) {
        failed = std::current_exception();
      }
      if (!failed) return;
      kernel_->step(*this, step);  // an energy of reads: their sums move a state, which says more
      expect_finite_states();
      std::rethrow_exception(failed);
    });
  };
  while (steps < forward_steps) advance();
  if (forward_steps > 0) {
    take_feedback(true);
    power_.lines_change();
    power_.charge_lines();
  }
  expect_noise(watch);
  watch.look(double(steps) * step);
  while (steps < most && !(timed ? steps >= timer : watch.all_settled())) {
    advance();
    if ((steps - forward_steps) % steps_of_a_look != 0) continue;
    expect_noise(watch);
    watch.look(double(steps) * step);
  }
  in_step(steps, expect_finite_states);
  std::vector<double>& settled_s = clamped_ ? clamped_settled_s_ : free_settled_s_;
  // several clamped phases of one sample follow each other
  if (!clamped_) clamped_settled_s_.clear();
  const std::vector<double> before_s = clamped_ ? settled_s : std::vector<double>{};
  settled_s.clear();
  count.samples += double(block_.samples);
  count.steps += double(block_.samples) * double(steps);
  for (Index c = 0; c < block_.samples; ++c) {
    settled_s.push_back(watch.settled_s(c) + (before_s.empty() ? 0.0 : before_s[std::size_t(c)]));
    count.unsettled += watch.ending(c) != Ending::settled;
    count.cycles += watch.ending(c) == Ending::cycle;
  }
  return double(steps) * step;
}

void Chip::nudge(const Matrix<float>& error) {
  enter(Phase::nudge);
  error_ = error;
  const double seconds = nudge_dac_->convert(block_, error_);
  held_s_ = std::max(held_s_, converting_until_s_) + seconds;
  if (lines_carry_differences() && offset_held(held_s_ + planned_clamped_s(next_reading(1)))) power_.neurons_move();
  drive_from_error();
  power_.error_changes();
  pass(seconds, block_.samples);
}

void Chip::drive_from_error() {
  block_.for_chunks([&](Index, Index first, Index width) {
    drive_from_nudge(*circuit_, state_.chunk(first, width), columns(std::as_const(error_), first, width));
  });
}

void Chip::measure_settling(const Matrix<std::uint8_t>& pixels, const Vector<std::uint8_t>& labels) {
  constexpr Index most_samples = 8;
  solve_wires();
  sense_->enter(false);
  const Index samples = std::min(pixels.cols(), most_samples);
  Matrix<float> x(pixels.rows(), samples), logits, error;
  input_dac_->model().convert_pixels(pixels, 0, columns(x, 0, samples));
  Equilibria equilibria(*circuit_, samples, {Method::sweeps, 1000, 1e-5});
  equilibria.drive(x);
  refresh_coupling();
  const FreeStarts<float> starts = timed_starts(equilibria);
  if (follows()) equilibria.follow_from(starts.learning);
  const ErrorOf error_of = softmax_error(labels.head(samples));
  std::vector<Matrix<float>> differences;
  free_phase(equilibria, Use::learning, error_of, logits, error);
  contrast_phases(equilibria, {}, error, error_of, differences);
  Block timed;
  timed.samples = timed.chunk = samples;
  try {
    expect_finite(design_.graph, equilibria.state(), timed, /*clamped=*/true);
  } catch (const NotFinite& found) {
    throw NotFinite(std::string(found.what()) + " of those by which phases are timed");
  }
  times_are_measured_ = true;
  const double forward_s = times_.forward_s;
  times_ = settle::settling_times(*circuit_, equilibria.chunk(), accuracy(), starts);
  times_.forward_s = forward_s;
  note_timed(equilibria);
  if (!equilibria.settled()) times_.unsettled = samples;
  const double rail = design_.chip.supply_v / 2 / design_.chip.neuron_full_scale_v;
  double beyond = 0, membranes = 0;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    const Matrix<float>& drive = equilibria.chunk().bank(p).drive;
    beyond += double((drive.array().abs() > float(rail)).count());
    membranes += double(drive.size());
  }
  share_beyond_rails_ = membranes > 0 ? beyond / membranes : 0;
  radius_settled_ = settle::spectral_radius(*circuit_, mean_slopes(*circuit_, equilibria.chunk()));
  if (lines_carry_differences()) measure_clamped_settling(equilibria, error, error_of);
  refresh_sense();
  measure_noise(equilibria.state(), equilibria.chunk(), equilibria.input(), error);
}

// The clamped phase's amplifiers have other gains, and with them it has other times.
void Chip::measure_clamped_settling(Equilibria& equilibria, const Matrix<float>& error, const ErrorOf& error_of) {
  sense_->enter(true);
  for (Index p = 1; p < circuit_->readout(); ++p) sense_->hold(p, equilibria.state().bank(p).drive);
  std::vector<Matrix<float>> differences;
  contrast_phases(equilibria, {}, error, error_of, differences);
  const SettlingTimes turned = settle::settling_times(*circuit_, equilibria.chunk(), accuracy());
  times_.clamped_s = turned.clamped_s;
  times_.second_sign_s = turned.second_sign_s;
  times_.clamped_of_sample_s = turned.clamped_of_sample_s;
  times_.unsettled = std::max(times_.unsettled, turned.unsettled);
  sense_->enter(false);
}

// The time of a step of the map, which is a clocked circuit: every neuron settles to the drive of the step before.
double Chip::map_step_s() const { return design_.neuron.tau_s * std::log(1 / accuracy()); }

// The accuracy that a read-out needs: half a code of its converter; an exact converter counts as in its cost.
double Chip::accuracy() const { return std::exp2(-charged_bits(int(design_.converter.adc_bits)) - 1); }

}  // namespace settle
