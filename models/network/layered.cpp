#include "settle/models/network/topology.h"

namespace settle {

Graph layered(const GraphSpec& spec) {
  Graph graph = populations(spec);
  for (Index p = 0; p < graph.readout(); ++p) graph.projections.push_back(between(graph, spec, p, p + 1));
  return graph;
}

Topology layered_topology() { return {"layered", layered, "a chain of layers"}; }

}  // namespace settle
