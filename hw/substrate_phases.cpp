// What the chip does with a block of samples, phase by phase.
#include <cmath>
#include <numeric>

#include "hw/sim_time.h"
#include "hw/substrate.h"
#include "hw/substrate_parts.h"
#include "models/learning/softmax.h"
#include "models/settling/stability.h"

namespace settle::hw {
namespace {

constexpr double most_taus = 1000;  // a transient that has not settled by then does not

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
  double seconds = for_training ? times_.free_s : times_.read_s;
  if (spec_.analysis == Analysis::transient) {
    for (Index p = 1; p < loop_.readout(); ++p) bank(p).start_free(block_);
    run_transient(free_count_, seconds);
    delay += to_sc_time(seconds, block_.samples - 1);  // the first sample's has passed
  } else {
    if (spec_.analysis == Analysis::map) seconds = spec_.free_steps * map_step_s();
    solve(free_count_, [&](const Chunk<float>& chunk, double& contraction) {
      const Settled settled = settle::settle_free(loop_, chunk, options(spec_.free_steps));
      contraction = settled.contraction;
      return settled;
    });
    delay += per_block(seconds);
  }
  book_phase(/*clamped=*/false, seconds);
}

void Substrate::settle_clamped(sc_core::sc_time& delay) {
  enter(Phase::clamped);
  double seconds = times_.clamped_s;
  if (spec_.analysis == Analysis::transient) {
    for (Index p = 1; p < loop_.readout(); ++p) bank(p).start_clamped(block_);
    run_transient(clamped_count_, seconds);
    delay += to_sc_time(seconds, block_.samples - 1);  // the first sample's has passed
  } else {
    if (spec_.analysis == Analysis::map) seconds = spec_.clamped_steps * map_step_s();
    solve(clamped_count_, [&](const Chunk<float>& chunk, double& contraction) {
      return settle::settle_clamped(loop_, chunk, options(spec_.clamped_steps), contraction);
    });
    delay += per_block(seconds);
  }
  book_phase(/*clamped=*/true, seconds);
}

template <class Solve>
void Substrate::solve(SettlingCount& count, const Solve& solve) {
  std::vector<Settled> settled(std::size_t(block_.chunks()));
  block_.for_chunks([&](Index k, Index first, Index width) {
    settled[std::size_t(k)] = solve(Chunk<float>{&states_, first, width}, contraction_[std::size_t(k)]);
  });
  for (Index k = 0; k < block_.chunks(); ++k) {
    const Settled& s = settled[std::size_t(k)];
    const double samples = double(block_.count(k));
    count.samples += samples;
    count.steps += samples * s.steps;
    const bool fixed_steps = spec_.analysis == Analysis::map && std::isfinite(s.error);
    if (!s.converged && !fixed_steps) count.unsettled += samples;
  }
}

// One timed event a step: at the end of its time all banks step in the same delta cycle, on the states before it.
void Substrate::run_transient(SettlingCount& count, double& seconds) {
  const double step = spec_.time_step_s;
  double tau_s = 0;  // of the slowest neuron
  for (Index p = 1; p < loop_.readout(); ++p) tau_s = std::max(tau_s, double(bank(p).model().tau_s.maxCoeff()));
  const int most = int(std::ceil(most_taus * tau_s / step));
  // the change in a step that leaves so much of a lone neuron's approach
  const double small = spec_.tolerance * (1 - std::exp(-step / tau_s));
  bool settled = false;
  int steps = 0;
  double last = 0;
  while (!settled && steps < most) {
    sc_core::wait(to_sc_time(step));
    for (Index p = 1; p < loop_.readout(); ++p) bank(p).tick(step);
    sc_core::wait(sc_core::SC_ZERO_TIME);  // the banks step in this delta cycle
    sc_core::wait(sc_core::SC_ZERO_TIME);
    stepped_.notify(sc_core::SC_ZERO_TIME);
    ++steps;
    double change = 0;
    for (Index p = 1; p < loop_.readout(); ++p) {
      const Change<float>& c = bank(p).last_change();
      const double unit = phase_ == Phase::free || c.largest_value == 0 ? 1.0 : double(c.largest_value);
      change = std::max(change, double(c.largest_step) / unit);
    }
    // what is left of an approach whose steps shrink by this factor; a loop near instability shrinks them slowly
    const double factor = last > 0 ? change / last : 1.0;
    const double left = factor < 1 ? change * factor / (1 - factor) : change;
    settled = change == 0 || (change <= small && left <= spec_.tolerance);
    last = change;
  }
  seconds = steps * step;
  count.samples += double(block_.samples);
  count.steps += double(block_.samples) * steps;
  if (!settled) count.unsettled += double(block_.samples);
}

// What a phase of so many seconds takes: the arrays are read from both sides, the neurons are on, and lines are charged
// by what their drive changes by. A transient has booked its own reads of the loop; the input's array and the nudge's
// are outside the loop.
void Substrate::book_phase(bool clamped, double seconds) {
  const Graph& graph = spec_.graph;
  const bool loop_is_booked = spec_.analysis == Analysis::transient;
  const auto book_inner = [&](Crossbar& array, Side side, Index driver) {
    const BankState<float>& state = bank(driver).state();
    if (!loop_is_booked) array.book_read(block_, side, state.state, seconds);
    array.book_charge(block_, side, clamped ? state.difference : state.state,
                      clamped ? loop_.scale[std::size_t(driver)] : 1.0);
  };
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const Projection& p = graph.projections[k];
    Crossbar* array = parts_->arrays[k].get();
    Crossbar* back = parts_->feedback[k] ? parts_->feedback[k].get() : array;
    const Side side = parts_->feedback[k] ? Side::word_lines : Side::bit_lines;
    const bool inner = graph.is_hidden(p.source) && graph.is_hidden(p.target);
    if (p.forward && p.source == 0) {
      array->book_read(block_, Side::word_lines, input_, seconds);
      if (!clamped) array->book_charge(block_, Side::word_lines, input_, 1.0);
    }
    if (p.forward && inner) book_inner(*array, Side::word_lines, p.source);
    if (p.backward && inner) book_inner(*back, side, p.target);
    if (p.backward && p.target == graph.readout() && clamped) {
      back->book_read(block_, side, error_, seconds);
      back->book_charge(block_, side, error_, 1.0);
    }
  }
  for (Index p = 1; p < loop_.readout() && !loop_is_booked; ++p) bank(p).book_bias(block_, seconds);
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
    add_readout_noise(first, columns(logits, first, width));
  });
  ++reads_;
  const double seconds = parts_->logit_adc->convert(block_, logits);
  for (std::size_t k = 0; k < spec_.graph.projections.size(); ++k) {
    const Projection& p = spec_.graph.projections[k];
    if (!p.forward || p.source == 0 || p.target != loop_.readout()) continue;
    parts_->arrays[k]->book_read(block_, Side::word_lines, bank(p.source).state().state, seconds);
    parts_->arrays[k]->book_charge(block_, Side::word_lines, bank(p.source).state().state, 1.0);
  }
  delay += per_block(seconds);
}

// The ADCs sample what the read-out's array makes of states that are as noisy as held ones.
void Substrate::add_readout_noise(Index first, View<float> logits) const {
  for (std::size_t k = 0; k < loop_.couplings.size() && reads_are_noisy_; ++k) {
    const Coupling<float>& c = loop_.couplings[k];
    if (c.target != loop_.readout() || c.forward == nullptr || !loop_.is_hidden(c.source)) continue;
    const Stream stream(spec_.seed, parts_->arrays[k]->basename(), Purpose::read_noise);
    parts_->arrays[k]->model().add_read_noise(
        stream, block_.first_sample + std::uint64_t(first), reads_,
        columns(std::as_const(parts_->at(c.source).bank->state().state), first, logits.cols()), logits);
  }
  if (spec_.neuron.noise == 0) return;
  for (const Coupling<float>& c : loop_.couplings) {
    if (c.target != loop_.readout() || c.forward == nullptr || !loop_.is_hidden(c.source)) continue;
    const Stream stream(spec_.seed, spec_.graph.population(c.source).name, Purpose::readout);
    Matrix<float> noise(loop_.banks[std::size_t(c.source)]->size(), logits.cols());
    for (Index k = 0; k < noise.cols(); ++k)
      fill_normal(stream, block_.first_sample + std::uint64_t(first + k), reads_, noise.col(k).data(), noise.rows());
    gemm<float>(Op::none, Op::none, c.alpha * float(spec_.neuron.noise), columns(*c.forward, 0, c.forward->cols()),
                columns(std::as_const(noise), 0, noise.cols()), 1.0f, logits);
  }
}

void Substrate::hold(sc_core::sc_time& delay) {
  for (Index p = 1; p < loop_.readout(); ++p) parts_->at(p).hold->hold(block_, bank(p).state().state, read_noise_of(p));
  delay += per_block(0);
}

// The rms of what the read noise of its arrays makes of each state of population p: of each input, independent noise
// of every cell, through the neuron's slope. Empty where reads are free of noise. What noise does on its way round the
// loop is left out: weak feedback makes it small.
const Matrix<float>& Substrate::read_noise_of(Index p) {
  if (!reads_are_noisy_) return read_noise_;
  const Bank<float>& model = bank(p).model();
  const BankState<float>& state = bank(p).state();
  Vector<float> variance = Vector<float>::Zero(block_.columns());
  const auto add = [&](double factor, const Crossbar& array, const Matrix<float>& x) {
    const float rms = float(factor * array.model().read_noise());
    variance += rms * rms * x.colwise().squaredNorm().transpose();
  };
  for (std::size_t k = 0; k < spec_.graph.projections.size(); ++k) {
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
  read_noise_.resize(model.size(), block_.columns());
  model.activation->slope(model.parameters(), state.drive.data(), state.state.data(), read_noise_.data(), model.size(),
                          block_.columns());
  read_noise_ = read_noise_ * variance.cwiseSqrt().asDiagonal();
  return read_noise_;
}

void Substrate::read_held(Index p, Matrix<float>& state, sc_core::sc_time& delay) {
  const Matrix<float>& source = p == 0 ? input_ : parts_->at(p).hold->held();
  state.resize(source.rows(), source.cols());
  block_.for_chunks(
      [&](Index, Index first, Index width) { state.middleCols(first, width) = source.middleCols(first, width); });
  if (p > 0)
    delay += per_block(parts_->at(p).adc->convert(block_, state));  // the input's codes the host has sent itself
}

void Substrate::nudge(Matrix<float>& error, sc_core::sc_time& delay) {
  delay += per_block(parts_->nudge_dac->convert(block_, error));
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
  h.hold->subtract(block_, bank_state.state, bank_state.difference, scale, conversion_s, difference, read_noise_of(p));
  note_size(p, difference);
  double seconds = 0;
  if (spec_.readout == Readout::difference) {
    seconds = h.adc->convert(block_, difference, gains_[i] * float(scale));
  } else {
    Matrix<float> held = h.hold->held(), clamped = held + float(scale) * difference;
    seconds = h.adc->convert(block_, clamped);
    h.adc->converter().convert(columns(held, 0, held.cols()));  // the host has this code from read_held
    difference = (clamped - held) * SampleHold::per_scale(scale);
  }
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
    gains_[p] = ranging_gain(float(headroom * rms), 1.0f, float(spec_.most_gain));
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
  convert_pixels(spec_.dac_bits, pixels, 0, columns(x, 0, samples));
  drive_from_input(loop_, chunk, columns(std::as_const(x), 0, samples));
  const SettleOptions exact{Method::sweeps, 1000, 1e-5};
  const Settled free = settle::settle_free(loop_, chunk, exact);
  settle::read_logits(loop_, chunk, columns(logits, 0, samples));
  softmax(columns(std::as_const(logits), 0, samples), columns(logits, 0, samples));
  const Matrix<float> error = targets.leftCols(samples) - logits;
  drive_from_nudge(loop_, chunk, columns(error, 0, samples));
  const Settled clamped = settle::settle_clamped(loop_, chunk, exact, free.contraction);
  times_ = settle::settling_times(loop_, chunk, accuracy());
  if (!free.converged || !clamped.converged) times_.unsettled = samples;

  radius_settled_ = settle::spectral_radius(loop_, mean_slopes(loop_, chunk));
}

sc_core::sc_time Substrate::per_block(double seconds_per_sample) const {
  return to_sc_time(seconds_per_sample, block_.samples);
}

SettleOptions Substrate::options(int steps) const {
  return {spec_.analysis == Analysis::map ? Method::map : Method::sweeps, steps, spec_.tolerance};
}

// A step of the map is a clocked circuit: every neuron settles to the drive of the step before.
double Substrate::map_step_s() const { return spec_.neuron.tau_s * std::log(1 / accuracy()); }

// Half a code of the converter that reads it; an exact one counts as in its cost.
double Substrate::accuracy() const { return std::exp2(-charged_bits(spec_.adc_bits) - 1); }

}  // namespace settle::hw
