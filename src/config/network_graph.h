// The network that a configuration asks for, as a graph.
#pragma once

#include "settle/models/network/graph.h"
#include "src/config/configuration.h"

namespace settle {

/// The network of a configuration, for data with so many inputs and outputs. InputError where network.projection_... or
/// learning.projection_... name none of its projections; find_conflict() tells which key.
Graph build_graph(const Configuration& c, Index inputs, Index outputs);

}  // namespace settle
