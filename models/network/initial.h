// Initial weights.
#pragma once

#include "models/network/graph.h"
#include "models/numeric/random.h"

namespace settle {

/// sqrt(6 / (sources + targets)): the bound of Glorot and Bengio's uniform distribution (AISTATS 2010).
double glorot_limit(Index targets, Index sources);

/// targets x sources weights, uniform within the Glorot limit; each is a function of the stream and its place.
Matrix<float> glorot_uniform(Index targets, Index sources, const Stream& stream);

}  // namespace settle
