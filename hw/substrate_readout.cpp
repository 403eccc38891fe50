// What is read of the chip: logits, held states and differences, with the noise of all that is on the way.
#include <algorithm>
#include <cmath>
#include <utility>

#include "hw/substrate.h"
#include "hw/substrate_parts.h"
#include "models/numeric/sums.h"

namespace settle::hw {

void Substrate::read_logits(Matrix<float>& logits, sc_core::sc_time& delay) {
  logits.resize(spec_.graph.population(loop_.readout()).size, block_.columns());
  const bool clamped = phase_ == Phase::clamped;
  Matrix<float> change(clamped ? logits.rows() : 0, clamped ? logits.cols() : 0);
  block_.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk{&states_, first, width};
    settle::read_logits(loop_, chunk, columns(logits, first, width));
    if (!clamped) return;
    read_logits_difference(loop_, chunk, columns(change, first, width));
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
    if (noise.size() > 0) noisy_state_ = state + noise;
    parts_->at(p).hold->hold(block_, noise.size() > 0 ? noisy_state_ : state, extra_noise_of(p));
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
      add(q.beta * spec_.learning.nudge, *back, error_);
  }
  const Vector<float> rms = variance.cwiseSqrt();
  noise_of_states(bank(p).model(), bank(p).state(), rms, extra_noise_);
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

void Substrate::read_difference(Index p, Matrix<float>& difference, sc_core::sc_time& delay) {
  Parts::Hidden& h = parts_->at(p);
  const BankState<float>& bank_state = bank(p).state();
  const auto i = std::size_t(p);
  const double scale = loop_.scale[i];
  // without difference read-out there is no amplifier to be on
  const double conversion_s =
      spec_.converter.readout == Readout::difference ? meter->costs().adc_conversion_s(bank_state.state.rows()) : 0.0;
  const std::uint32_t reading = h.hold->readings();
  const std::size_t sign = std::min<std::size_t>(reading, zeros_.size() - 1);  // of the nudge
  const Matrix<float>& noise = bank(p).noise();
  if (noise.size() > 0) noisy_difference_ = bank_state.difference + SampleHold::per_scale(scale) * noise;
  h.hold->subtract(block_, bank_state.state, noise.size() > 0 ? noisy_difference_ : bank_state.difference, scale,
                   held_s_, conversion_s, difference, extra_noise_of(p));
  read_at_s_[sign] = held_s_;
  if (spec_.converter.readout == Readout::difference)
    block_.for_chunks([&](Index, Index first, Index width) {
      h.amplifier->apply(columns(difference, first, width), SampleHold::per_scale(scale),
                         block_.first_sample + std::uint64_t(first), reading);
    });
  note_size(p, difference);
  double seconds = 0;
  if (spec_.converter.readout == Readout::difference) {
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
    squares[std::size_t(k)] = sum_of_squares(columns(difference, first, block_.count(k)));
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

}  // namespace settle::hw
