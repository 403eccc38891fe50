// An ngspice deck of the chip's circuit, for one sample: arrays with their wires, sense amplifiers, neurons with their
// mismatch, what they hold (hold_cards.h), the supply, and the free and the clamped phase. Noise, converters and errors
// of holds are left out.
#pragma once

#include <string>

#include "settle/models/chip/chip.h"
#include "src/netlist/record.h"

namespace settle {

/// The stimulus of the circuit: its input (fractions of full scale), and its phases as Settle has computed them.
struct Stimulus {
  std::string title;  // what and whose sample this is: one line
  Vector<double> input;
  const RecordedPhase& free;
  const RecordedPhase& clamped;
};

/// The files that ngspice writes beside the deck: the equilibria, and the transient of both phases one after the other.
constexpr const char* free_file = "netlist_free.txt";
constexpr const char* clamped_file = "netlist_clamped.txt";
constexpr const char* transient_file = "netlist_transient.txt";
constexpr const char* energy_file = "netlist_energy.txt";  // v(e_GROUP) in the transient

std::string write_deck(Chip& chip, const Stimulus& stimulus);

}  // namespace settle
