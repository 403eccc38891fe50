// The free phase along the circuit's own way: where a loop has several equilibria, the one that the circuit comes to.
#pragma once

#include <vector>

#include "settle/models/circuit/circuit.h"
#include "settle/models/settling/options.h"

namespace settle {

/// Settles the free phase from the chunk's present membranes (BankState::drive) as the circuit does, in time, without
/// noise: each sample until its neurons have been slow for a time constant, from where sweeps that do not overshoot
/// solve for the equilibrium. Where they move a state further than a circuit so near to rest goes, it is followed
/// longer. Settled::steps counts steps in time, of a tenth or a quarter of the fastest time constant, and sweeps, as a
/// mean over samples. Writes drive and state. A sample that has not come to rest within a thousand time constants stays
/// where it is, and the chunk has not converged.
template <class Real>
Settled follow_free(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options);

/// How many of some samples of `solved`, whose free phase has been solved for, are at another equilibrium than the one
/// that the circuit goes to from a reset: their states differ by more than 1e-2 of full scale, rms over all neurons.
/// `solved` is left as it is.
template <class Real>
Index count_elsewhere(const Circuit<Real>& circuit, CircuitState<Real>& solved, const std::vector<Index>& samples,
                      const SettleOptions& options);

}  // namespace settle
