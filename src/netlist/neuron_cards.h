// Neurons as circuits: sense amplifiers that make the drive, a membrane of R and C, and an activation.
#pragma once

#include <string>

#include "settle/models/chip/sense_stage.h"
#include "settle/models/neuron/bank.h"
#include "src/netlist/cards.h"

namespace settle {

/// f(u) of the activation with this name in the words of ngspice; `curve` is that of activation "table".
std::string activation_expression(const std::string& name, const Curve<float>* curve);

/// The activation as a function, and the subcircuit of a neuron, drive -> membrane -> output, all in volts.
void write_neuron(Cards& cards, const Bank<float>& bank);

/// Whether a design's sense amplifiers do something to the signal, so that a deck has them.
bool has_amplifiers(const SenseSpec& spec);

/// A subcircuit that stands for all amplifiers behind which a neuron's currents add up, with their lag if `lagging`;
/// `switched`: with what they are in either phase (hold_cards.h).
void write_amplifier(Cards& cards, bool lagging, bool switched);

/// The amplifiers of a population in the free phase (null: they do nothing), and in the clamped one where they are
/// others there.
struct Amplifiers {
  const SenseStage* free = nullptr;
  const SenseStage* clamped = nullptr;
};

/// Neuron i of a bank, with the mismatch that it has drawn, between nodes NAME_hI, NAME_mI and `output`; amplifiers
/// are between NAME_hI and the membrane, from NAME_hI to NAME_aI, whose lag is at NAME_lI. The bank's gain and shift
/// have those of the free phase in them, which are taken out: the circuit has them once.
void write_instance(Cards& cards, const Bank<float>& bank, const Amplifiers& amplifiers, const std::string& population,
                    Index i, const std::string& output);

}  // namespace settle
