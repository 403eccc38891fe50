// Neurons as circuits: sense amplifiers that make the drive, a membrane of R and C, and an activation.
//
// A deck with them has the parameters full_scale, the voltage of a state of one, and capacitance, of a membrane
// (write_parameters).
#pragma once

#include <string>
#include <vector>

#include "settle/models/chip/sense_stage.h"
#include "settle/models/netlist/crossbar_cards.h"
#include "settle/models/neuron/bank.h"

namespace settle::spice {

/// The full scale and the capacitance of neurons, which their subcircuits refer to.
void write_parameters(Cards& cards, double full_scale_v, double capacitance_f);

/// What a read adds to a sum of currents: volts for each ampere, a number or an expression.
struct Summand {
  const CrossbarRead* read;
  std::string ohm;
};

/// The volts that the current of a weight of one, at a state of one, makes of a drive or logit of one that is `unit_v`.
double ohm_of(const Crossbar& model, double unit_v, double read_v);

/// Writes the sum that is the drive of neuron i, or a logit: of what reads bring to it, `offset_v`, and `more`, an
/// expression that begins with its sign. It ends at +- rail_v; 0: nowhere.
void write_sum(Cards& cards, const std::string& node, const std::vector<Summand>& summands, Index i,
               double offset_v = 0, double rail_v = 0, const std::string& more = "");

/// f(u) of the activation with this name in the words of ngspice; `curve` is that of activation "table".
std::string activation_expression(const std::string& name, const Curve<float>* curve);

/// The activation of a bank as a function, NEURON_activation, and the subcircuit NEURON of one of its neurons, drive ->
/// membrane -> output, all in volts.
void write_neuron(Cards& cards, const std::string& neuron, const Bank<float>& bank);

/// Whether a design's sense amplifiers do something to the signal, so that a deck has them.
bool has_amplifiers(const SenseSpec& spec);

/// A subcircuit that stands for all amplifiers behind which a neuron's currents add up, with their lag if `lagging`;
/// `switched`: with what they are in either phase, as v(holding) is 0 or 1.
void write_amplifier(Cards& cards, bool lagging, bool switched);

/// The amplifiers of a population in the free phase (null: they do nothing), and in the clamped one where they are
/// others there.
struct Amplifiers {
  const SenseStage* free = nullptr;
  const SenseStage* clamped = nullptr;
};

/// Neuron i of a bank, of subcircuit `neuron`, with the mismatch that it has drawn, between nodes NAME_hI, NAME_mI and
/// `output`; amplifiers are between NAME_hI and the membrane, from NAME_hI to NAME_aI, whose lag is at NAME_lI. The
/// bank's gain and shift have those of the free phase in them, which are taken out: the circuit has them once.
void write_instance(Cards& cards, const std::string& neuron, const Bank<float>& bank, const Amplifiers& amplifiers,
                    const std::string& population, Index i, const std::string& output);

}  // namespace settle::spice
