// The forward pass that a free phase can start from: every population is computed from those before it, and what comes
// back from behind is left out.
#pragma once

#include "settle/models/circuit/circuit.h"

namespace settle {

/// Writes the drives and states that a circuit without feedback settles to: the first sweep of an operating point. The
/// banks must have their external drive.
template <class Real>
void forward_sweep(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

/// The circuit's forward pass in time, from a reset, with the drivers of feedback off: until every sample's states are
/// right to `accuracy` of full scale, rms over each population. Writes the drives and states that it ends with. Returns
/// how long it takes, in seconds.
template <class Real>
double forward_pass(const Circuit<Real>& circuit, CircuitState<Real>& states, double accuracy);

}  // namespace settle
