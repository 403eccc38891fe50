// The way of the circuit from its reset, in continuous time: whether it comes to rest, and when.
#pragma once

#include "models/settling/loop.h"

namespace settle {

/// For each sample of `chunk`, whose banks have their external drive, the time after a reset (all membranes at zero)
/// from which on its states move by less than settled_change (trajectory.h) of full scale, rms, in a time constant;
/// NaN where that is not within `most_taus` time constants of the slowest neuron, held for five of them. Leaves
/// membranes and states as they are at the end.
///
/// With symmetric feedback and one beta for all layers a weighted energy falls all the way (Hopfield 1984; Cohen and
/// Grossberg 1983): this circuit comes to rest whatever its gain, where the synchronous map need not.
template <class Real>
Vector<double> relax(const Loop<Real>& loop, const Chunk<Real>& chunk, double most_taus);

}  // namespace settle
