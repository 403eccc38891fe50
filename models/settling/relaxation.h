// The circuit's way from a reset in continuous time: whether it comes to rest, and when.
#pragma once

#include "settle/models/circuit/circuit.h"

namespace settle {

/// The time after a reset (all membranes at zero) at which each sample of `chunk` comes to rest: from then on its
/// states move by less than settled_change (trajectory.h) of full scale, rms, in a time constant. NaN where that does
/// not happen within `most_taus` time constants of the slowest neuron, and last for five of them. The banks must have
/// their external drive; membranes and states are left as they are at the end.
///
/// With symmetric feedback and one beta for all layers a weighted energy falls all the way (Hopfield 1984; Cohen and
/// Grossberg 1983): this circuit comes to rest whatever its gain, where the synchronous map need not.
template <class Real>
Vector<double> relax(const Circuit<Real>& circuit, const Chunk<Real>& chunk, double most_taus);

}  // namespace settle
