// The machine without hardware: a circuit's own equations, solved for. It has no converters, no noise, no time and no
// cost; chips are compared with it.
#pragma once

#include "settle/models/circuit/circuit.h"
#include "settle/models/learning/machine.h"
#include "settle/models/settling/options.h"

namespace settle {

class Equilibria : public Machine {
 public:
  /// A machine for `samples` samples, whose states are zero. `exact` says how precisely phases are solved for.
  Equilibria(const Circuit<float>& circuit, Index samples, const SettleOptions& exact = {Method::sweeps, 1000, 1e-6});

  void present(const Block& block, const Matrix<std::uint8_t>& pixels) override;
  /// Has free phases follow the circuit's own way (follow_free), from these membranes: by population, neurons x
  /// samples; empty: from a reset.
  void follow_from(std::vector<Matrix<float>> membranes);
  /// Drives the input with fractions of full scale, inputs x samples.
  void drive(const Matrix<float>& x);
  void settle_free(Use use) override;
  void read_logits(Matrix<float>& logits) override;
  void hold() override {}
  void nudge(const Matrix<float>& error) override;
  void settle_clamped(Sign sign) override;
  void read_differences(std::vector<Matrix<float>>& differences) override;
  void read_differences_and_wait(std::vector<Matrix<float>>& differences) override { read_differences(differences); }
  void integrate(float nudge) override;
  void read_integral(std::vector<Matrix<float>>& differences) override;

  /// Whether all samples have settled in all phases so far.
  bool settled() const { return settled_; }
  const Matrix<float>& input() const { return input_; }
  CircuitState<float>& state() { return state_; }
  const CircuitState<float>& state() const { return state_; }
  Chunk<float> chunk() { return state_.all(); }

 private:
  Settled follow();

  const Circuit<float>& circuit_;
  SettleOptions exact_;
  CircuitState<float> state_;
  Matrix<float> input_;
  bool follows_ = false;
  std::vector<Matrix<float>> start_;     // membranes that are followed from
  std::vector<Matrix<float>> integral_;  // by population; empty: none yet
  float integrated_ = 0;
  double contraction_ = 0;
  bool clamped_ = false, settled_ = true;
};

}  // namespace settle
