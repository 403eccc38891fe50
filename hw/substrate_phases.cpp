// What the chip does with a block of samples, phase by phase.
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
  settle_phase(free_count_, for_training ? times_.free_s : times_.read_s, spec_.free_steps, delay,
               [&](const Chunk<float>& chunk, const SettleOptions& options, double& contraction) {
                 const Settled settled = settle::settle_free(loop_, chunk, options);
                 contraction = settled.contraction;
                 return settled;
               });
}

void Substrate::settle_clamped(bool turned, sc_core::sc_time& delay) {
  enter(Phase::clamped);
  settle_phase(clamped_count_, turned ? times_.turned_s : times_.clamped_s, spec_.clamped_steps, delay,
               [&](const Chunk<float>& chunk, const SettleOptions& options, double& contraction) {
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
    const bool stepping = spec_.analysis == Analysis::map;
    if (stepping) seconds = steps * map_step_s();
    const bool ramped = stepping && phase_ == Phase::clamped && spec_.nudge_course == NudgeCourse::ramped;
    solve_phase(count, {stepping ? Method::map : Method::sweeps, steps, spec_.tolerance, ramped}, solve);
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
  const double step = spec_.time_step_s;
  double tau_s = 0;  // of the slowest neuron: the samples are looked at so often
  for (Index p = 1; p < loop_.readout(); ++p) tau_s = std::max(tau_s, double(bank(p).model().tau_s.maxCoeff()));
  const std::int64_t steps_of_a_look = std::max<std::int64_t>(1, std::llround(tau_s / step));
  // an endless step is one of the map
  const std::int64_t most = std::max<std::int64_t>(most_taus, std::llround(most_taus * tau_s / step));
  const std::int64_t timer = std::max<std::int64_t>(std::llround(std::ceil(timer_s / step)), 3 * steps_of_a_look);
  SettlingWatch<float> watch(loop_, Chunk<float>{&states_, 0, block_.samples}, phase_ == Phase::clamped,
                             spec_.tolerance, {spec_.neuron.noise, spec_.neuron.membrane_noise});
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

void Substrate::read_logits(Matrix<float>& logits, sc_core::sc_time& delay) {
  logits.resize(spec_.graph.population(loop_.readout()).size, block_.columns());
  Matrix<float> change(logits.rows(), logits.cols());
  block_.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk{&states_, first, width};
    settle::read_logits(loop_, chunk, columns(logits, first, width));
    read_logits_difference(loop_, chunk, columns(change, first, width));  // zero in the free phase
    columns(logits, first, width) += columns(change, first, width);
  });
  add_readout_noise(logits);
  ++reads_;
  const double seconds = parts_->logit_adc->convert(block_, logits);
  held_s_ += seconds;
  for (std::size_t k = 0; k < spec_.graph.projections.size(); ++k) {
    const Projection& p = spec_.graph.projections[k];
    if (!p.forward || p.source == 0 || p.target != loop_.readout()) continue;
    parts_->arrays[k]->book_read(block_, Side::word_lines, bank(p.source).state().state, seconds);
    parts_->arrays[k]->book_charge(block_, Side::word_lines, bank(p.source).state().state, 1.0);
  }
  delay += per_block(seconds);
}

// The ADCs sample what the read-out's arrays, with their own noise, make of states that are as noisy as held ones.
void Substrate::add_readout_noise(Matrix<float>& logits) {
  for (std::size_t k = 0; k < loop_.couplings.size(); ++k) {
    const Coupling<float>& c = loop_.couplings[k];
    if (c.target != loop_.readout() || c.forward == nullptr || !loop_.is_hidden(c.source)) continue;
    const Matrix<float>& states = bank(c.source).state().state;
    const Matrix<float>& extra = extra_noise_of(c.source);
    const Matrix<float>& in_time = bank(c.source).noise();
    const float rms = is_transient() ? 0 : float(spec_.neuron.noise);
    const Stream of_array(spec_.seed, parts_->arrays[k]->basename(), Purpose::read_noise);
    const Stream of_states(spec_.seed, spec_.graph.population(c.source).name, Purpose::readout);
    block_.for_chunks([&](Index, Index first, Index width) {
      if (reads_are_noisy_)
        parts_->arrays[k]->model().add_read_noise(of_array, block_.first_sample + std::uint64_t(first), reads_,
                                                  columns(states, first, width), columns(logits, first, width));
      if (rms == 0 && extra.size() == 0 && in_time.size() == 0) return;
      Matrix<float> noise = Matrix<float>::Zero(states.rows(), width);
      for (Index i = 0; i < width; ++i) {
        if (rms == 0 && extra.size() == 0) break;
        fill_normal(of_states, block_.first_sample + std::uint64_t(first + i), reads_, noise.col(i).data(),
                    noise.rows());
        if (extra.size() == 0) {
          noise.col(i) *= rms;
        } else {
          noise.col(i).array() *= (rms * rms + extra.col(first + i).array().square()).sqrt();
        }
      }
      if (in_time.size() > 0) noise += in_time.middleCols(first, width);
      gemm<float>(Op::none, Op::none, c.alpha, columns(*c.forward, 0, c.forward->cols()),
                  columns(std::as_const(noise), 0, noise.cols()), 1.0f, columns(logits, first, width));
    });
  }
}

// In a transient the outputs have their noise already, and the holds add none of it.
void Substrate::hold(sc_core::sc_time& delay) {
  for (Index p = 1; p < loop_.readout(); ++p) {
    const Matrix<float>& noise = bank(p).noise();
    const Matrix<float>& state = bank(p).state().state;
    parts_->at(p).hold->hold(block_, noise.size() > 0 ? Matrix<float>(state + noise) : state, extra_noise_of(p));
  }
  held_s_ = converting_until_s_ = 0;
  delay += per_block(0);
}

// The rms of what the noise of its arrays' reads and of its membranes makes of each state of population p: of each
// input, independent noise of every cell, and thermal noise (which a transient has already), through the neuron's
// slope. Empty where there is none. What noise does on its way round the loop is left out: weak feedback makes it
// small.
const Matrix<float>& Substrate::extra_noise_of(Index p) {
  const double membrane = is_transient() ? 0.0 : spec_.neuron.membrane_noise;
  if (!reads_are_noisy_ && membrane == 0) return extra_noise_;
  const Bank<float>& model = bank(p).model();
  const BankState<float>& state = bank(p).state();
  Vector<float> variance = Vector<float>::Constant(block_.columns(), float(membrane * membrane));
  const auto add = [&](double factor, const Crossbar& array, const Matrix<float>& x) {
    const float rms = float(factor * array.model().read_noise());
    variance += rms * rms * x.colwise().squaredNorm().transpose();
  };
  for (std::size_t k = 0; k < spec_.graph.projections.size() && reads_are_noisy_; ++k) {
    const Projection& q = spec_.graph.projections[k];
    const Crossbar* back = parts_->feedback[k] ? parts_->feedback[k].get() : parts_->arrays[k].get();
    if (q.forward && q.target == p)
      add(q.alpha, *parts_->arrays[k], q.source == 0 ? input_ : bank(q.source).state().state);
    if (!q.backward || q.source != p) continue;
    if (spec_.graph.is_hidden(q.target))
      add(q.beta, *back, bank(q.target).state().state);
    else if (phase_ == Phase::clamped)
      add(q.beta * spec_.nudge, *back, error_);
  }
  extra_noise_.resize(model.size(), block_.columns());
  model.activation->slope(model.parameters(), state.drive.data(), state.state.data(), extra_noise_.data(), model.size(),
                          block_.columns());
  extra_noise_ = extra_noise_ * variance.cwiseSqrt().asDiagonal();
  return extra_noise_;
}

void Substrate::read_held(Index p, Matrix<float>& state, sc_core::sc_time& delay) {
  if (p == 0) {  // its codes the host has sent itself
    state.resize(input_.rows(), input_.cols());
    block_.for_chunks(
        [&](Index, Index first, Index width) { state.middleCols(first, width) = input_.middleCols(first, width); });
    return;
  }
  const Parts::Hidden& h = parts_->at(p);
  h.hold->read(block_, held_read_s(p), state);
  delay += per_block(h.adc->convert(block_, state));
}

// Held states are converted after the differences, which suffer more from droop.
double Substrate::held_read_s(Index p) const {
  return held_s_ + meter->costs().adc_conversion_s(loop_.banks[std::size_t(p)]->size());
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

void Substrate::read_difference(Index p, Matrix<float>& difference, sc_core::sc_time& delay) {
  Parts::Hidden& h = parts_->at(p);
  const BankState<float>& bank_state = bank(p).state();
  const auto i = std::size_t(p);
  const double scale = loop_.scale[i];
  // without difference read-out there is no amplifier to be on
  const double conversion_s =
      spec_.readout == Readout::difference ? meter->costs().adc_conversion_s(bank_state.state.rows()) : 0.0;
  const std::uint32_t reading = h.hold->readings();
  const std::size_t sign = std::min<std::size_t>(reading, zeros_.size() - 1);  // of the nudge
  const Matrix<float>& noise = bank(p).noise();
  if (noise.size() > 0) noisy_difference_ = bank_state.difference + SampleHold::per_scale(scale) * noise;
  h.hold->subtract(block_, bank_state.state, noise.size() > 0 ? noisy_difference_ : bank_state.difference, scale,
                   held_s_, conversion_s, difference, extra_noise_of(p));
  read_at_s_[sign] = held_s_;
  if (spec_.readout == Readout::difference)
    block_.for_chunks([&](Index, Index first, Index width) {
      h.amplifier->apply(columns(difference, first, width), SampleHold::per_scale(scale),
                         block_.first_sample + std::uint64_t(first), reading);
    });
  note_size(p, difference);
  double seconds = 0;
  if (spec_.readout == Readout::difference) {
    seconds = h.adc->convert(block_, difference, gains_[i] * float(scale));
    const Vector<float>& zero = zeros_[sign][i];
    if (zero.size() > 0) difference.colwise() -= zero;
  } else {
    Matrix<float> held;
    h.hold->read(block_, held_s_, held);
    Matrix<float> clamped = held + float(scale) * difference;
    seconds = h.adc->convert(block_, clamped);
    h.hold->read(block_, held_read_s(p), held);
    h.adc->model().convert(columns(held, 0, held.cols()));  // the host has this code from read_held
    difference = (clamped - held) * SampleHold::per_scale(scale);
  }
  converting_until_s_ = std::max(converting_until_s_, held_s_ + seconds);
  delay += per_block(seconds);
}

// For the choice of the amplifiers' gains: the size of the differences of this batch, as fractions of full scale.
void Substrate::note_size(Index p, const Matrix<float>& difference) {
  std::vector<double> squares(std::size_t(block_.chunks()));
  block_.for_chunks([&](Index k, Index first, Index) {
    squares[std::size_t(k)] = difference.middleCols(first, block_.count(k)).cast<double>().squaredNorm();
  });
  const auto i = std::size_t(p);
  for (Index k = 0; k < block_.chunks(); ++k) {
    square_sum_[i] += squares[std::size_t(k)] * loop_.scale[i] * loop_.scale[i];
    square_count_[i] += double(difference.rows() * block_.count(k));
  }
}

void Substrate::range_amplifiers() {
  constexpr double headroom = 4;  // rms to full scale
  for (std::size_t p = 0; p < gains_.size(); ++p) {
    if (square_count_[p] == 0) continue;
    const double rms = std::sqrt(square_sum_[p] / square_count_[p]);
    gains_[p] = ranging_gain(float(headroom * rms), 1.0f, float(spec_.amplifier.most_gain));
    square_sum_[p] = square_count_[p] = 0;
  }
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
double Substrate::accuracy() const { return std::exp2(-charged_bits(spec_.adc_bits) - 1); }

}  // namespace settle::hw
