// The parts of a testbench (testbench.h): banks with their modules, sources, and what couples them.
#pragma once

#include <string>
#include <vector>

#include "settle/hw/crossbar_module.h"
#include "settle/hw/neuron_bank_module.h"
#include "settle/hw/state_channel.h"
#include "settle/models/netlist/waveform.h"

namespace settle::hw {

using spice::constant;
using spice::piecewise_linear;
using spice::sample;
using spice::sine;
using spice::Waveform;

/// A bank of neurons with its module, and the channel that carries its output.
struct Neurons {
  Bank<float> bank;
  BankState<float> now;  // of one sample; now.external is a drive from outside
  BankTransient<float> transient;
  NeuronBankModule module;
  StateChannel output;

  Neurons(const std::string& name, const BankSpec& spec, Index size, std::uint64_t seed);
  /// Starts a transient from membranes at zero.
  void start();
  /// InputError where a drive from outside is not finite.
  void expect_numbers(const std::string& name) const;
};

/// Lines that follow a waveform, and the channel that carries them.
class Source {
 public:
  Source(const std::string& name, Index size, Waveform waveform);

  Index size() const { return size_; }
  StateChannel& output() { return output_; }
  const StateChannel& output() const { return output_; }

  /// Begins at zero seconds, at once; then looks at its waveform, and later sends what that gave, which lines carry
  /// after the next update phase. What the waveform gives is to be finite: InputError, which names the line.
  void start();
  void look(double seconds);
  void send() { output_.send(); }

  /// The voltage of each line as a source of SPICE, for moves that were `step_s` apart. InputError where there are more
  /// levels than are kept.
  std::vector<std::string> spice_sources(double step_s, double full_scale_v) const;

 private:
  Matrix<float> levels(double seconds);
  void keep(const Matrix<float>& lines);

  std::string name_;
  Index size_;
  Waveform waveform_;
  StateChannel output_;
  std::vector<float> record_;  // levels since the start, where SPICE does not have the waveform: lines x moves
  bool is_too_long_ = false;   // and has been dropped
};

/// What an array gives, driven with what `from` puts on lines of one side, drives bank `to` with this gain.
struct Coupling {
  std::string from, array, to;
  double gain;
  Side driven;
};

}  // namespace settle::hw
