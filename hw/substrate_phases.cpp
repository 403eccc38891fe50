// What the chip does with a block of samples, phase by phase. What is read of it is in substrate_readout.cpp.
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "hw/sim_time.h"
#include "hw/substrate.h"
#include "hw/substrate_parts.h"
#include "models/learning/back_propagation.h"
#include "models/learning/softmax.h"
#include "models/settling/settling_watch.h"
#include "models/settling/stability.h"

namespace settle::hw {
namespace {

constexpr int most_taus = 1000;  // a transient that has not settled by then does not

}  // namespace

void Substrate::present(const Block& block, const Matrix<std::uint8_t>& pixels, sc_core::sc_time& delay) {
  block_ = block;
  reads_ = 0;
  contraction_.assign(std::size_t(block.chunks()), 0.0);
  for (Index p = 1; p < loop_.readout(); ++p) bank(p).state().resize(bank(p).model().size(), block.columns());
  const double seconds = parts_->input_dac->convert_pixels(block, pixels, input_);
  block.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk{&states_, first, width};
    drive_from_input(loop_, chunk, columns(std::as_const(input_), first, width));
    release(loop_, chunk);
  });
  delay += per_block(seconds);
}

void Substrate::settle_free(bool for_training, sc_core::sc_time& delay) {
  enter(Phase::free);
  settle_phase(free_count_, for_training ? times_.free_s : times_.read_s, spec_.settling.free_steps, delay,
               [&](const Chunk<float>& chunk, const SettleOptions& options, double& contraction) {
                 const Settled settled = settle::settle_free(loop_, chunk, options);
                 contraction = settled.contraction;
                 return settled;
               });
}

void Substrate::settle_clamped(bool turned, sc_core::sc_time& delay) {
  const bool from_rest = phase_ == Phase::free;
  enter(Phase::clamped);
  settle_phase(clamped_count_, turned ? times_.turned_s : times_.clamped_s, spec_.settling.clamped_steps, delay,
               [&](const Chunk<float>& chunk, SettleOptions options, double& contraction) {
                 options.from_rest = from_rest;
                 return settle::settle_clamped(loop_, chunk, options, contraction);
               });
}

void Substrate::back_propagate(const Matrix<float>& error, const std::vector<Matrix<float>>& feedback,
                               std::vector<Matrix<float>>& delta) {
  for (Index p = 1; p < loop_.readout(); ++p) delta[std::size_t(p)].resize(bank(p).model().size(), block_.columns());
  block_.for_chunks([&](Index, Index first, Index width) {
    settle::back_propagate(loop_, Chunk<float>{&states_, first, width}, columns(error, first, width), feedback, delta);
  });
}

double Substrate::back_propagation_multiplications() const { return settle::back_propagation_multiplications(loop_); }

// Settles by the analysis asked for; the chip allows `timer_s` for it, and a clocked one so many steps.
template <class Solve>
void Substrate::settle_phase(SettlingCount& count, double timer_s, int steps, sc_core::sc_time& delay,
                             const Solve& solve) {
  double seconds = timer_s;
  if (is_transient()) {
    seconds = run_transient(count, timer_s);
    delay += to_sc_time(seconds, block_.samples - 1);  // the first sample's has passed
  } else {
    const bool stepping = spec_.settling.analysis == Analysis::map;
    if (stepping) seconds = steps * map_step_s();
    const bool ramped = stepping && phase_ == Phase::clamped && spec_.learning.nudge_course == NudgeCourse::ramped;
    solve_phase(count, {stepping ? Method::map : Method::sweeps, steps, spec_.settling.tolerance, ramped}, solve);
    delay += per_block(seconds);
  }
  held_s_ += seconds;
  book_phase(phase_ == Phase::clamped, seconds, /*steps_are_booked=*/is_transient());
}

template <class Solve>
void Substrate::solve_phase(SettlingCount& count, const SettleOptions& options, const Solve& solve) {
  struct Outcome {
    int steps = 0;
    Index unsettled = 0, cycles = 0;
  };
  std::vector<Outcome> outcomes(std::size_t(block_.chunks()));
  block_.for_chunks([&](Index k, Index first, Index width) {
    const Chunk<float> chunk{&states_, first, width};
    const Settled settled = solve(chunk, options, contraction_[std::size_t(k)]);
    Outcome& outcome = outcomes[std::size_t(k)];
    outcome.steps = settled.steps;
    if (settled.converged) return;
    const std::vector<Ending> ends = endings(loop_, chunk, phase_ == Phase::clamped, options);
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
}

void Substrate::start_transient() {
  if (phase_ == Phase::free) {
    for (Index p = 1; p < loop_.readout(); ++p) bank(p).start_free(block_);
    return;
  }
  // noise moves the free state about; without, what the free phase left is below the tolerance, and no signal
  if (states_are_noisy())
    block_.for_chunks([&](Index, Index first, Index width) {
      drive_from_residual(loop_, Chunk<float>{&states_, first, width});
    });
  for (Index p = 1; p < loop_.readout(); ++p) bank(p).start_clamped(block_);
}

// One timed event a step: at the end of its time all banks step in the same delta cycle, on the states before it. Ends
// when every sample has settled, or, as one cannot see that through noise, when the chip's timer does. Returns the
// time, in seconds.
double Substrate::run_transient(SettlingCount& count, double timer_s) {
  const bool timed = states_are_noisy();
  if (timed && !times_are_measured_) throw std::logic_error("measure_settling comes before a transient with noise");
  start_transient();
  const double step = spec_.settling.time_step_s;
  double tau_s = 0;  // of the slowest neuron: the samples are looked at so often
  for (Index p = 1; p < loop_.readout(); ++p) tau_s = std::max(tau_s, double(bank(p).model().tau_s.maxCoeff()));
  const std::int64_t steps_of_a_look = std::max<std::int64_t>(1, std::llround(tau_s / step));
  // an endless step is one of the map
  const std::int64_t most = std::max<std::int64_t>(most_taus, std::llround(most_taus * tau_s / step));
  const std::int64_t timer = std::max<std::int64_t>(std::llround(std::ceil(timer_s / step)), 3 * steps_of_a_look);
  SettlingWatch<float> watch(loop_, Chunk<float>{&states_, 0, block_.samples}, phase_ == Phase::clamped,
                             spec_.settling.tolerance, {spec_.neuron.noise, spec_.neuron.membrane_noise});
  watch.look(0);
  std::int64_t steps = 0;
  while (steps < most && !(timed ? steps >= timer : watch.all_settled())) {
    sc_core::wait(to_sc_time(step));
    for (Index p = 1; p < loop_.readout(); ++p) bank(p).tick(step);
    sc_core::wait(sc_core::SC_ZERO_TIME);  // the banks step in this delta cycle
    sc_core::wait(sc_core::SC_ZERO_TIME);
    book_outer(phase_ == Phase::clamped, step);
    stepped_.notify(sc_core::SC_ZERO_TIME);
    ++steps;
    if (steps % steps_of_a_look == 0) watch.look(double(steps) * step);
  }
  std::vector<double>& settled_s = phase_ == Phase::free ? free_settled_s_ : clamped_settled_s_;
  // several clamped phases of one sample follow each other
  if (phase_ == Phase::free) clamped_settled_s_.clear();
  const std::vector<double> before_s = phase_ == Phase::free ? std::vector<double>{} : settled_s;
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

// The reads of so many seconds of the arrays outside the loop: the input's and the nudge's.
void Substrate::book_outer(bool clamped, double seconds) {
  const Graph& graph = spec_.graph;
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    Crossbar* array = parts_->arrays[k].get();
    if (p.forward && p.source == 0) array->book_read(block_, Side::word_lines, input_, seconds);
    if (!p.backward || p.target != graph.readout() || !clamped) continue;
    if (parts_->feedback[k])
      parts_->feedback[k]->book_read(block_, Side::word_lines, error_, seconds);
    else
      array->book_read(block_, Side::bit_lines, error_, seconds);
  }
}

// What a phase of so many seconds takes: the arrays are read from both sides, the neurons are on, and lines are charged
// by what their drive changes by. A transient has booked its reads and its neurons step by step.
void Substrate::book_phase(bool clamped, double seconds, bool steps_are_booked) {
  const Graph& graph = spec_.graph;
  const auto book_inner = [&](Crossbar& array, Side side, Index driver) {
    const BankState<float>& state = bank(driver).state();
    if (!steps_are_booked) array.book_read(block_, side, state.state, seconds);
    array.book_charge(block_, side, clamped ? state.difference : state.state,
                      clamped ? loop_.scale[std::size_t(driver)] : 1.0);
  };
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    Crossbar* array = parts_->arrays[k].get();
    Crossbar* back = parts_->feedback[k] ? parts_->feedback[k].get() : array;
    const Side side = parts_->feedback[k] ? Side::word_lines : Side::bit_lines;
    const bool inner = graph.is_hidden(p.source) && graph.is_hidden(p.target);
    if (p.forward && p.source == 0 && !clamped) array->book_charge(block_, Side::word_lines, input_, 1.0);
    if (p.forward && inner) book_inner(*array, Side::word_lines, p.source);
    if (p.backward && inner) book_inner(*back, side, p.target);
    if (p.backward && p.target == graph.readout() && clamped) back->book_charge(block_, side, error_, 1.0);
  }
  if (!steps_are_booked) book_outer(clamped, seconds);
  for (Index p = 1; p < loop_.readout() && !steps_are_booked; ++p) bank(p).book_bias(block_, seconds);
}

void Substrate::enter(Phase phase) {
  phase_ = phase;
  stepped_.notify(sc_core::SC_ZERO_TIME);
}

void Substrate::nudge(Matrix<float>& error, sc_core::sc_time& delay) {
  const double seconds = parts_->nudge_dac->convert(block_, error);
  held_s_ = std::max(held_s_, converting_until_s_) + seconds;
  delay += per_block(seconds);
  error_ = error;
  block_.for_chunks([&](Index, Index first, Index width) {
    drive_from_nudge(loop_, Chunk<float>{&states_, first, width}, columns(std::as_const(error_), first, width));
  });
}

void Substrate::measure_settling(const Matrix<std::uint8_t>& pixels, const Matrix<float>& targets) {
  stay();
  const Index samples = std::min<Index>(pixels.cols(), 8);
  std::vector<BankState<float>> own(states_.size());
  std::vector<BankState<float>*> states(states_.size(), nullptr);
  for (Index p = 1; p < loop_.readout(); ++p) {
    own[std::size_t(p)].resize(bank(p).model().size(), samples);
    states[std::size_t(p)] = &own[std::size_t(p)];
  }
  const Chunk<float> chunk{&states, 0, samples};
  Matrix<float> x(pixels.rows(), samples), logits(targets.rows(), samples);
  parts_->input_dac->model().convert_pixels(pixels, 0, columns(x, 0, samples));
  drive_from_input(loop_, chunk, columns(std::as_const(x), 0, samples));
  const SettleOptions exact{Method::sweeps, 1000, 1e-5};
  const Settled free = settle::settle_free(loop_, chunk, exact);
  settle::read_logits(loop_, chunk, columns(logits, 0, samples));
  softmax(columns(std::as_const(logits), 0, samples), columns(logits, 0, samples));
  const Matrix<float> error = targets.leftCols(samples) - logits;
  drive_from_nudge(loop_, chunk, columns(error, 0, samples));
  const Settled clamped = settle::settle_clamped(loop_, chunk, exact, free.contraction);
  times_are_measured_ = true;
  times_ = settle::settling_times(loop_, chunk, accuracy());
  if (!free.converged || !clamped.converged) times_.unsettled = samples;

  radius_settled_ = settle::spectral_radius(loop_, mean_slopes(loop_, chunk));
}

sc_core::sc_time Substrate::per_block(double seconds_per_sample) const {
  return to_sc_time(seconds_per_sample, block_.samples);
}

// A step of the map is a clocked circuit: every neuron settles to the drive of the step before.
double Substrate::map_step_s() const { return spec_.neuron.tau_s * std::log(1 / accuracy()); }

// Half a code of the converter that reads it; an exact one counts as in its cost.
double Substrate::accuracy() const { return std::exp2(-charged_bits(int(spec_.converter.adc_bits)) - 1); }

}  // namespace settle::hw
