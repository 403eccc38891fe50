// How strongly a circuit's neurons are coupled at most: whether there can be more than one equilibrium.
#pragma once

#include "settle/models/circuit/circuit.h"

namespace settle {

/// A bound on the factor by which the loop shrinks the distance of any two sets of membranes, in a weighted Euclidean
/// norm: the largest singular value of D^-1 M L D, where M couples the hidden populations (alpha W forwards, beta B
/// backwards), L has the largest slopes that their neurons and lines have anywhere, and D is a weight for each
/// population. Below one the equilibrium is the only one, and the circuit comes to rest there from everywhere, whatever
/// its time constants: with v* the equilibrium, the sum of tau_i ((v_i - v*_i) / d_i)^2 falls at all times. Above one
/// it may still be the only one.
///
/// Found by Lanczos iterations, which come from below and end within a few thousandths: compare with
/// certain_coupling. Infinity where they do not end.
template <class Real>
double coupling_bound(const Circuit<Real>& circuit);

/// A coupling below which there is one equilibrium; what is missing to one covers the iterations' error.
constexpr double certain_coupling = 0.98;

}  // namespace settle
