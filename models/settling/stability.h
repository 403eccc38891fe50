// The circuit around an equilibrium: the eigenvalues of its matrix, and their largest size.
#pragma once

#include <complex>

#include "settle/models/circuit/circuit.h"

namespace settle {

/// Slopes by hidden population (empty for the input and the read-out): that of each neuron at an equilibrium, by which
/// its row of the circuit's matrix is multiplied. No populations at all: ones.
using Slopes = std::vector<Vector<double>>;

/// The slopes at the free equilibria of `chunk` (slopes_at): their mean over its samples, and those of one sample.
template <class Real>
Slopes mean_slopes(const Circuit<Real>& circuit, const Chunk<Real>& chunk);
template <class Real>
Slopes slopes_of_sample(const Circuit<Real>& circuit, const Chunk<Real>& chunk, Index sample);

/// The largest |eigenvalue| of the matrix that couples the hidden populations (alpha W forwards, beta B backwards).
/// Without `slopes` this is the paper's spectral radius (bare weights), with them that of the circuit linearised at an
/// equilibrium. Dense below 200 nodes, by implicitly restarted Arnoldi iterations above (to 1e-4). NaN when these do
/// not converge.
template <class Real>
double spectral_radius(const Circuit<Real>& circuit, const Slopes& slopes = {});

/// The eigenvalues of the same matrix, largest first: all of them below 200 nodes, above that the `wanted` largest, or
/// as many of these as converge. Empty without a loop.
template <class Real>
std::vector<std::complex<double>> loop_eigenvalues(const Circuit<Real>& circuit, const Slopes& slopes, Index wanted);

}  // namespace settle
