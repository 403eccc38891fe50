// The configuration as the specification of neurons.
#pragma once

#include "settle/models/neuron/bank.h"
#include "src/config/configuration.h"

namespace settle {

/// Throws InputError when the activation needs a measured curve and has none, or a wrong one.
BankSpec build_neuron(const Configuration& c);

}  // namespace settle
