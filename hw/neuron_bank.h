// A bank of analog neurons in SystemC: it owns its population's state and, in a transient, advances on a timed event.
#pragma once

#include <systemc>
#include <vector>

#include "hw/crossbar.h"
#include "hw/power_meter.h"
#include "hw/state_channel.h"
#include "models/neuron/membrane.h"

namespace settle::hw {

class NeuronBank : public sc_core::sc_module {
 public:
  sc_core::sc_port<crossbar_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> arrays;  // of coupling k, with sources[k]
  sc_core::sc_port<state_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> sources;
  sc_core::sc_port<state_if> output;
  sc_core::sc_port<meter_if> meter;

  /// `scale` is the population's (path_gains): its differences are divided by it. `curvature` is that of the devices
  /// that it drives (Loop::curvature). `population` names the random streams of its mismatch.
  NeuronBank(sc_core::sc_module_name name, const BankSpec& spec, Index size, double scale, float curvature,
             const std::string& population, std::uint64_t seed);

  /// Couples the bank: what `array` gives when its side `driven` is driven with `source`, times `factor` in the free
  /// phase and `difference_factor` in the clamped one, which moves differences.
  void couple(crossbar_if& array, Side driven, state_if& source, double factor, double difference_factor);

  /// Starts a transient of a block: the free phase from a reset (membranes at zero) under the external
  /// drive in state(), or the clamped phase from the difference that is there, zero at first, under its external drive.
  void start_free(const Block& block);
  void start_clamped(const Block& block);
  /// Advances the membranes (MembraneStep: second order) and their noise by `step_s` in the next delta cycle.
  void tick(double step_s);

  const Bank<float>& model() const { return model_; }
  BankState<float>& state() { return state_; }
  /// The noise of the outputs in a transient, beside their states, neurons x samples, fractions of full scale: an
  /// Ornstein-Uhlenbeck process of each neuron's time constant. Empty without noise, and before a transient.
  const Matrix<float>& noise() const { return noise_; }
  /// Books the static power of all its neurons for `seconds`, for each sample of the block.
  void book_bias(const Block& block, double seconds);

 private:
  void step();
  void draw_noise();
  const Matrix<float>& outputs();
  const Matrix<float>& carried();

  struct Input {
    Side driven;
    float factor, difference_factor;
  };

  Bank<float> model_;
  float scale_, per_scale_;
  float curvature_;
  float membrane_rms_, output_rms_;
  Stream membrane_noise_, output_noise_;
  bool clamped_ = false;
  BankState<float> state_;
  std::vector<Input> inputs_;
  Block block_;
  Matrix<float> drive_, part_, noise_, noisy_;
  Matrix<double> membrane_, goal_, last_goal_;  // of the phase under way, and where its drive takes it (empty at first)
  MembraneStep<double> step_;
  MembraneStep<float> of_noise_;
  std::uint32_t steps_ = 0;  // since the reset: numbers the noise
  sc_core::sc_event tick_;
};

}  // namespace settle::hw
