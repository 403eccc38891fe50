// An ngspice deck of parts that are coupled by name: sources, crossbars and banks of neurons, from a reset on.
#pragma once

#include <string>
#include <vector>

#include "settle/models/netlist/crossbar_cards.h"
#include "settle/models/neuron/bank.h"

namespace settle::spice {

/// Sources of voltage, one for each line, which is node NAME_vI: "dc 0.1", "sin(0 0.1 1e6)", "pwl(0 0 1e-9 0.1)".
struct SourcePart {
  std::string name;
  std::vector<std::string> volts;
};

/// A bank, whose outputs are nodes NAME_vI, and its drive from outside, in full scales. Both outlive the part.
struct BankPart {
  std::string name;
  const Bank<float>* bank;
  const Matrix<float>* external;
};

/// A read of an array, whose lines follow those of part `from`, and what it adds to the drives of banks: its sums times
/// `gain`.
struct ReadPart {
  struct Sink {
    std::string bank;
    double gain;
  };
  CrossbarRead read;
  std::string from;
  std::vector<Sink> sinks;
};

/// The parts, and the transient to compute.
struct Assembly {
  std::string title;  // one line
  double full_scale_v = 0, capacitance_f = 0;
  std::vector<SourcePart> sources;
  std::vector<BankPart> banks;
  std::vector<ReadPart> reads;
  double step_s = 0, end_s = 0;
  std::string data_file;  // that ngspice writes: a row for each step, a column for each node NAME_vI
};

/// Noise is left out: of outputs, membranes and reads. InputError where names are the same to SPICE, which knows no
/// capitals, and for amplifiers that lag (Bank::drive_tau_s).
std::string assembly_deck(const Assembly& assembly);

}  // namespace settle::spice
