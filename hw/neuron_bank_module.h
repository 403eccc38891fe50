// A bank of analog neurons in SystemC: in a transient, it steps on an event.
#pragma once

#include <exception>
#include <vector>

#include "settle/hw/crossbar_module.h"
#include "settle/hw/state_channel.h"
#include "settle/hw/systemc.h"
#include "settle/models/settling/transient.h"

namespace settle::hw {

class NeuronBankModule : public sc_core::sc_module {
 public:
  sc_core::sc_port<crossbar_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> arrays;
  sc_core::sc_port<state_if, 0, sc_core::SC_ZERO_OR_MORE_BOUND> sources;
  sc_core::sc_port<state_if> output;

  /// `bank` holds the membranes, states and noise; it outlives the module.
  NeuronBankModule(sc_core::sc_module_name name, BankTransient<float>& bank);

  /// Couples the bank to an array. It gets what `array` gives when its side `driven` is driven with `source`, times
  /// `gain` in the free phase and times `difference_gain` in the clamped one, which moves differences (gain_in_phase).
  /// `forward`: whether the source is before the bank; what comes from behind is feedback (takes_feedback).
  void couple(crossbar_if& array, Side driven, state_if& source, double gain, double difference_gain, bool forward);

  /// Puts on the bank's lines what the phase begins with; to be called after BankTransient::start. `block` says how
  /// products are cut into chunks.
  void start(const Block& block);
  /// Advances by `step_s` in the next delta cycle.
  void tick(double step_s);
  /// Throws what kept the bank from its last step, if anything did: to be called where that may be thrown.
  void rethrow();

 private:
  void step();
  void advance();

  struct Input {
    int array, source;  // of those that the ports are bound to
    Side driven;
    float gain, difference_gain;
    bool forward;
  };

  BankTransient<float>& bank_;
  std::vector<Input> inputs_;
  std::vector<crossbar_if*> bound_arrays_;  // each once, as a port takes them
  std::vector<state_if*> bound_sources_;
  Block block_;
  double step_s_ = 0;
  Matrix<float> drive_, part_;
  sc_core::sc_event tick_;
  std::exception_ptr failed_;
};

}  // namespace settle::hw
