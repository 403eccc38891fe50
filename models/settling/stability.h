// How the loop behaves around an equilibrium: the eigenvalues of its matrix, and their largest size.
#pragma once

#include <complex>

#include "models/settling/loop.h"

namespace settle {

/// Of each hidden population (empty for the input and the read-out), the factor of each neuron's row of the loop's
/// matrix: its slope at an equilibrium. No populations at all: ones.
using Slopes = std::vector<Vector<double>>;

/// The slopes at the free equilibria of `chunk` (slopes_at), averaged over its samples, and of one of them.
template <class Real>
Slopes mean_slopes(const Loop<Real>& loop, const Chunk<Real>& chunk);
template <class Real>
Slopes slopes_of_sample(const Loop<Real>& loop, const Chunk<Real>& chunk, Index sample);

/// The largest |eigenvalue| of the matrix that couples the hidden populations (alpha W forwards, beta B backwards).
/// Without `slopes` this is the paper's spectral radius (bare weights), with them that of the circuit linearised at an
/// equilibrium. Dense below 200 nodes, by implicitly restarted Arnoldi iterations above (to 1e-4). NaN when these do
/// not converge.
template <class Real>
double spectral_radius(const Loop<Real>& loop, const Slopes& slopes = {});

/// The eigenvalues of that matrix, largest first: all below 200 nodes, above the `wanted` largest, or as many of them
/// as converge. Empty without a loop.
template <class Real>
std::vector<std::complex<double>> loop_eigenvalues(const Loop<Real>& loop, const Slopes& slopes, Index wanted);

}  // namespace settle
