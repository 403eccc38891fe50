#include "settle/hw/neuron_bank_module.h"

#include <utility>

namespace settle::hw {

NeuronBankModule::NeuronBankModule(sc_core::sc_module_name module_name, BankTransient<float>& bank)
    : sc_module(module_name), bank_(bank) {
  SC_HAS_PROCESS(NeuronBankModule);
  SC_METHOD(step);
  sensitive << tick_;
  dont_initialize();
}

void NeuronBankModule::couple(crossbar_if& array, Side driven, state_if& source, double gain, double difference_gain,
                              bool forward) {
  arrays(array);
  sources(source);
  inputs_.push_back({driven, float(gain), float(difference_gain), forward});
}

void NeuronBankModule::start(const Block& block) {
  block_ = block;
  output->preset(bank_.lines());
}

void NeuronBankModule::tick(double step_s) {
  step_s_ = step_s;
  tick_.notify(sc_core::SC_ZERO_TIME);
}

void NeuronBankModule::rethrow() {
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
}

// An exception must not travel through the kernel.
void NeuronBankModule::step() {
  try {
    advance();
  } catch (const std::exception&) {
    failed_ = std::current_exception();
  }
}

void NeuronBankModule::advance() {
  drive_ = bank_.external();
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const Input& input = inputs_[k];
    if (!input.forward && !bank_.takes_feedback()) continue;
    arrays[int(k)]->multiply(block_, input.driven, sources[int(k)]->read(), part_);
    drive_ += (bank_.clamped() ? input.difference_gain : input.gain) * part_;
  }
  bank_.advance(step_s_, drive_);
  output->next() = bank_.lines();
  output->send();
}

}  // namespace settle::hw
