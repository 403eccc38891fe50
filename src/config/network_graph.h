// The network that a configuration asks for, as a graph.
#pragma once

#include "models/network/graph.h"
#include "src/config/configuration.h"

namespace settle {

/// InputError where network.projection_... or learning.projection_... name no projection of it; find_conflict() tells
/// which key.
Graph build_graph(const Configuration& c, Index inputs, Index outputs);

}  // namespace settle
