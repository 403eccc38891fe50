// A bank of analog neurons in SystemC: it owns its population's state and, in a transient, advances on a timed event.
#pragma once

#include <systemc>
#include <vector>

#include "hw/crossbar.h"
#include "hw/power_meter.h"
#include "hw/state_channel.h"
#include "models/neuron/bank.h"

namespace settle::hw {

class NeuronBank : public sc_core::sc_module {
 public:
  sc_core::sc_port<crossbar_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> arrays;  // of coupling k, with sources[k]
  sc_core::sc_port<state_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> sources;
  sc_core::sc_port<state_if> output;
  sc_core::sc_port<meter_if> meter;

  /// `scale` is the population's (path_gains): its differences are divided by it. `curvature` is that of the devices
  /// that it drives (Loop::curvature). `population` names the random streams of its mismatch.
  NeuronBank(sc_core::sc_module_name name, const NeuronSpec& spec, Index size, double scale, float curvature,
             const std::string& population, std::uint64_t seed);

  /// Couples the bank: what `array` gives when its side `driven` is driven with `source`, times `factor` in the free
  /// phase and `difference_factor` in the clamped one, which moves differences.
  void couple(crossbar_if& array, Side driven, state_if& source, double factor, double difference_factor);

  /// Starts a transient of a block: the free phase from a reset (membranes at zero) under the external
  /// drive in state(), or the clamped phase from the free state under the external drive of the difference.
  void start_free(const Block& block);
  void start_clamped(const Block& block);
  /// Advances tau dv/dt = -v + h by `step_s` in the next delta cycle (exact for a constant drive h).
  void tick(double step_s);
  /// The largest change of an output in the last step, and the largest output.
  const Change<float>& last_change() const { return change_; }

  const Bank<float>& model() const { return model_; }
  BankState<float>& state() { return state_; }
  /// Books the static power of all its neurons for `seconds`, for each sample of the block.
  void book_bias(const Block& block, double seconds);

 private:
  void step();
  const Matrix<float>& carried();

  struct Input {
    Side driven;
    float factor, difference_factor;
  };

  Bank<float> model_;
  float scale_;
  float curvature_;
  bool clamped_ = false;
  BankState<float> state_;
  std::vector<Input> inputs_;
  Block block_;
  Matrix<float> drive_, part_;
  sc_core::sc_event tick_;
  double step_s_ = 0;
  Change<float> change_{};
};

}  // namespace settle::hw
