#include <boost/random/uniform_01.hpp>

#include "settle/models/network/topology.h"
#include "settle/models/numeric/random.h"

namespace settle {

Graph arbitrary(const GraphSpec& spec) {
  Graph graph = layered(spec);
  graph.symmetric = graph.replica = false;
  Engine engine(Stream(spec.seed, "graph", Purpose::topology));
  boost::random::uniform_01<double> uniform;
  for (Index q = 1; graph.is_hidden(q); ++q) {
    for (Index p = q + 1; graph.is_hidden(p); ++p) {
      Projection pair = between(graph, spec, q, p);
      pair.forward = uniform(engine) < spec.agt_probability;
      pair.backward = uniform(engine) < spec.agt_probability;
      if (p > q + 1 && (pair.forward || pair.backward)) graph.projections.push_back(pair);
    }
  }
  sort_projections(graph);
  return graph;
}

Topology arbitrary_topology() {
  return {"agt", arbitrary, "a chain with random extra edges (arbitrary graph)", /*random_feedback=*/true};
}

}  // namespace settle
