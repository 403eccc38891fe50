// The noise of the chip's neurons: drawn at once for states that are solved for, integrated in time in a transient
// (LoopNoise, BankTransient).
#include <cmath>

#include "settle/models/chip/chip.h"
#include "settle/models/settling/settling_watch.h"

namespace settle {

// Draws the noise that the block's states have in this phase, once they are solved for: any reading in it finds the
// same. The next phase finds another, as the host takes its time in between.
void Chip::draw_noise() {
  if (is_transient() || !noise_in_time().any()) return;
  // of another clamped phase of the same samples, only the draws are others
  const bool goes_on = clamped_ && noise_is_clamped_ && !reads_are_noisy_;
  if (reads_are_noisy_) note_read_noise();
  if (!goes_on) loop_noise_->start(clamped_, block_.columns());
  noise_is_clamped_ = clamped_;
  block_.for_chunks([&](Index, Index first, Index width) {
    loop_noise_->draw(state_.chunk(first, width), block_.first_sample + std::uint64_t(first), noise_draws_);
  });
  ++noise_draws_;
}

// Noise of the arrays' reads follows what their lines carry.
void Chip::note_read_noise() {
  for (Index p = 1; p < circuit_->readout(); ++p) {
    const Vector<float> variance = read_noise_variance(p, state_, input_, error_, clamped_);
    if (is_transient())
      transient_->bank(p).set_read_noise(variance);
    else
      loop_noise_->set_read_noise(p, variance);
  }
}

// Movements of a transient's states within their noise are none.
void Chip::expect_noise(SettlingWatch<float>& watch) {
  for (Index p = 1; p < circuit_->readout() && reads_are_noisy_; ++p)
    watch.expect_read_noise(p,
                            read_noise_variance(p, state_, input_, error_, clamped_).head(block_.samples).maxCoeff());
}

// The variance that the independent noise of every cell that is read adds to population p's membranes: one for each
// sample, in (full scale)^2.
Vector<float> Chip::read_noise_variance(Index p, const CircuitState<float>& states, const Matrix<float>& input,
                                        const Matrix<float>& error, bool clamped) const {
  Vector<float> variance = Vector<float>::Zero(states.samples());
  const bool of_differences = clamped && circuit_->clamped_lines() == ClampedLines::differences;
  const std::vector<Read<float>>& reads = circuit_->reads();
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const Read<float>& read = reads[i];
    if (read.sink != p || read.role == Role::readout) continue;
    const float rms = float(circuit_->line_gain(read, clamped) * reads_->array(i).model().read_noise());
    const auto add = [&](const Matrix<float>& lines, float unit) {
      const float factor = rms * unit;
      variance += factor * factor * lines.colwise().squaredNorm().transpose();
    };
    // clamped states are close to free ones
    if (read.role == Role::recurrent && of_differences)
      add(states.bank(read.driver).difference, float(circuit_->signal(read.driver)));
    else if (read.role == Role::recurrent)
      add(states.bank(read.driver).state, 1);
    else if (read.role == Role::input && !of_differences)
      add(input, 1);
    else if (read.role == Role::nudge && clamped)
      add(error, 1);
  }
  return variance;
}

// The mean of many draws at a few equilibria.
void Chip::measure_noise(const CircuitState<float>& states, const Chunk<float>& chunk, const Matrix<float>& input,
                         const Matrix<float>& error) {
  noise_at_rest_.assign(noise_at_rest_.size(), {});
  if (!noise_in_time().any()) return;
  constexpr std::uint32_t draws = 16;
  constexpr std::uint64_t first_sample = 1ull << 62;  // numbers beyond those of samples and of calibrations
  LoopNoise noise(*circuit_, design_.neuron.noise, design_.graph, design_.seed);
  for (const bool clamped : {false, true}) {
    for (Index p = 1; p < circuit_->readout() && reads_are_noisy_; ++p)
      noise.set_read_noise(p, read_noise_variance(p, states, input, error, clamped));
    noise.start(clamped, chunk.count);
    for (std::uint32_t i = 0; i < draws; ++i) {
      noise.draw(chunk, first_sample, clamped ? draws + i : i);
      for (Index p = 1; p < circuit_->readout(); ++p) {
        NoiseAtRest& at_rest = noise_at_rest_[std::size_t(p)];
        const double all = double(noise.of(p).cwiseAbs2().mean()) / draws;
        (clamped ? at_rest.clamped : at_rest.free) += all;
        if (!clamped) at_rest.arrived += noise.mean_square_arrived(p) / draws;
      }
    }
  }
  for (NoiseAtRest& at_rest : noise_at_rest_)
    at_rest = {std::sqrt(at_rest.free), std::sqrt(at_rest.clamped), std::sqrt(at_rest.arrived)};
}

}  // namespace settle
