// Back-propagation and feedback alignment through the network that the chip holds: references for equilibrium
// propagation, computed by the host.
#pragma once

#include "settle/models/circuit/circuit.h"

namespace settle {

/// Back-propagation: with error = -dL/dlogits, minus the gradient of the loss by each hidden population's drive,
///   delta_p = f'(h_p) line'(s_p) sum over targets q of alpha B_pq delta_q,
/// at the free states of `chunk`, in one sweep from the read-out down: exact where nothing feeds back between hidden
/// populations (Circuit::feedforward). B is the transposed weights, or feedback[k] (sources x targets, for projection
/// k), which makes it feedback alignment (Lillicrap et al., Nature Communications 2016), with alpha one.
///
/// error: outputs x chunk.count. `delta`, by population, neurons x all samples: the chunk's columns of the hidden ones
/// are written. Allocates nothing where devices are linear. The differences' drives serve as scratch.
template <class Real>
void back_propagate(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> error,
                    const std::vector<Matrix<Real>>& feedback, std::vector<Matrix<Real>>& delta);

/// The number of multiplications that back_propagate() takes for one sample.
template <class Real>
double back_propagation_multiplications(const Circuit<Real>& circuit);

}  // namespace settle
