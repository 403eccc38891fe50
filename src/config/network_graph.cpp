#include "src/config/network_graph.h"

#include "settle/models/network/topology.h"

namespace settle {

Graph build_graph(const Configuration& c, Index inputs, Index outputs) {
  Graph graph = build_graph(GraphSpec{c.network, inputs, outputs, std::uint64_t(c.run.seed)});
  set_by_projection(graph, c.learning.projection_rate, &Projection::rate, /*trained=*/true);
  return c.learning.rule == Rule::ep ? graph : without_feedback(graph);
}

}  // namespace settle
