#include "settle/hw/neuron_bank_module.h"

#include <algorithm>
#include <utility>

namespace settle::hw {
namespace {

// Binds a port to an interface, unless it is already. Returns which of its interfaces it is.
template <class Port, class Interface>
int bind_once(Port& port, std::vector<Interface*>& bound, Interface& interface) {
  const auto found = std::find(bound.begin(), bound.end(), &interface);
  const auto place = int(found - bound.begin());
  if (found != bound.end()) return place;
  port(interface);
  bound.push_back(&interface);
  return place;
}

}  // namespace

NeuronBankModule::NeuronBankModule(sc_core::sc_module_name module_name, BankTransient<float>& bank)
    : sc_module(module_name), bank_(bank) {
  SC_HAS_PROCESS(NeuronBankModule);
  SC_METHOD(step);
  sensitive << tick_;
  dont_initialize();
}

void NeuronBankModule::couple(crossbar_if& array, Side driven, state_if& source, double gain, double difference_gain,
                              bool forward) {
  inputs_.push_back({bind_once(arrays, bound_arrays_, array), bind_once(sources, bound_sources_, source), driven,
                     float(gain), float(difference_gain), forward});
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
  for (const Input& input : inputs_) {
    if (!input.forward && !bank_.takes_feedback()) continue;
    arrays[input.array]->multiply(block_, input.driven, sources[input.source]->read(), part_);
    drive_ += (bank_.clamped() ? input.difference_gain : input.gain) * part_;
  }
  bank_.advance(step_s_, drive_);
  output->next() = bank_.lines();
  output->send();
}

}  // namespace settle::hw
