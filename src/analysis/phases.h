// Both phases of some samples on the loop of a chip, without converters and noise.
#pragma once

#include "models/learning/protocol.h"
#include "models/learning/samples.h"
#include "models/settling/phase.h"

namespace settle {

class Phases {
 public:
  /// The first `count` samples, at rest at zero, driven by their pixels.
  Phases(const Loop<float>& loop, const Samples& samples, Index count);

  Chunk<float> chunk() const { return {&states_, 0, input_.cols()}; }
  const Matrix<float>& input() const { return input_; }
  const Matrix<float>& error() const { return error_; }  // of the free state
  const BankState<float>& state(Index p) const { return own_[std::size_t(p)]; }

  /// Solves for both equilibria, or for all three of a symmetric nudge, whose differences are then half of what lies
  /// between the clamped ones. False when a phase of any sample has not settled.
  bool settle(ErrorMode mode, Nudging nudging);

 private:
  Matrix<float> error_at(Matrix<float> logits) const;
  bool settle_clamped_phase(ErrorMode mode, float sign, double contraction);
  Settled clamp(const Matrix<float>& error, double contraction);

  const Loop<float>& loop_;
  Matrix<float> input_, logits_, error_;
  Vector<std::uint8_t> labels_;
  std::vector<BankState<float>> own_;
  std::vector<BankState<float>*> states_;
};

/// How exactly equilibria are solved for, and the adjoint of the gradient with them.
constexpr SettleOptions exact_sweeps{Method::sweeps, 1000, 1e-6};

}  // namespace settle
