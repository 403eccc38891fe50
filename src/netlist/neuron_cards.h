// Neurons as circuits: a membrane of R and C, and an activation.
#pragma once

#include <string>

#include "models/neuron/bank.h"
#include "src/netlist/cards.h"

namespace settle {

/// f(u) of the activation with this name in the words of ngspice; `curve` is that of activation "table".
std::string activation_expression(const std::string& name, const Curve<float>* curve);

/// The activation as a function, and the subcircuit of a neuron, drive -> membrane -> output, all in volts.
void write_neuron(Cards& cards, const Bank<float>& bank);

/// Neuron i of a bank, with the mismatch that it has drawn, between nodes NAME_hI, NAME_mI, NAME_vI.
void write_instance(Cards& cards, const Bank<float>& bank, const std::string& population, Index i);

}  // namespace settle
