// How the loop behaves around an equilibrium: its spectral radius.
#pragma once

#include "models/settling/loop.h"

namespace settle {

/// The largest |eigenvalue| of the matrix that couples the hidden populations (alpha W forwards, beta B backwards).
/// `slopes`, when not empty, has for each hidden population the slope of each neuron, and multiplies its row: without
/// it this is the paper's spectral radius (bare weights), with it that of the circuit linearised at an equilibrium.
/// Dense below 200 nodes, by implicitly restarted Arnoldi iterations above (to 1e-4).
template <class Real>
double spectral_radius(const Loop<Real>& loop, const std::vector<Vector<double>>& slopes = {});

}  // namespace settle
