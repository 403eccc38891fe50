#include "src/analysis/phases.h"

#include <utility>

#include "models/learning/softmax.h"

namespace settle {

Phases::Phases(const Loop<float>& loop, const Samples& samples, Index count)
    : loop_(loop), input_(samples.pixels.leftCols(count).cast<float>() / 255), labels_(samples.labels.head(count)) {
  own_.resize(std::size_t(loop.populations()));
  states_.assign(own_.size(), nullptr);
  for (Index p = 1; p < loop.readout(); ++p) {
    own_[std::size_t(p)].resize(loop.banks[std::size_t(p)]->size(), count);
    states_[std::size_t(p)] = &own_[std::size_t(p)];
  }
  drive_from_input(loop_, chunk(), columns(std::as_const(input_), 0, count));
  logits_.resize(samples.classes, count);
}

bool Phases::settle(ErrorMode mode, Nudging nudging) {
  const Settled free = settle_free(loop_, chunk(), exact_sweeps);
  read_logits(loop_, chunk(), columns(logits_, 0, logits_.cols()));
  error_ = error_at(logits_);
  if (!free.converged || !settle_clamped_phase(mode, 1.0f, free.contraction)) return false;
  if (nudging == Nudging::one_sided) return true;
  std::vector<Matrix<float>> first;
  for (Index p = 1; p < loop_.readout(); ++p) first.push_back(state(p).difference);
  if (!settle_clamped_phase(mode, -1.0f, free.contraction)) return false;
  for (Index p = 1; p < loop_.readout(); ++p) {
    Matrix<float>& difference = own_[std::size_t(p)].difference;
    difference = 0.5f * (first[std::size_t(p - 1)] - difference);
  }
  return true;
}

Matrix<float> Phases::error_at(Matrix<float> logits) const {
  Matrix<float> error;
  softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
  error_of(logits, labels_, error);
  return error;
}

Settled Phases::clamp(const Matrix<float>& error, double contraction) {
  drive_from_nudge(loop_, chunk(), columns(error, 0, error.cols()));
  return settle_clamped(loop_, chunk(), exact_sweeps, contraction);
}

// Nudged by the free state's error, or by the clamped state's own until that does not move.
bool Phases::settle_clamped_phase(ErrorMode mode, float sign, double contraction) {
  release(loop_, chunk());
  if (!clamp(sign * error_, contraction).converged) return false;
  if (mode == ErrorMode::held) return true;
  Matrix<float> last = error_, change(logits_.rows(), logits_.cols());
  for (int round = 0; round < 100; ++round) {
    read_logits_difference(loop_, chunk(), columns(change, 0, change.cols()));
    const Matrix<float> error = error_at(logits_ + change);
    if ((error - last).cwiseAbs().maxCoeff() <= 1e-6f) return true;
    last = error;
    if (!clamp(sign * error, contraction).converged) return false;
  }
  return false;
}

}  // namespace settle
