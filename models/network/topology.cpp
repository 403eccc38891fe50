#include "settle/models/network/topology.h"

#include <algorithm>
#include <stdexcept>

#include "settle/models/numeric/expect.h"

namespace settle {

Topology layered_topology();
Topology residual_topology();
Topology arbitrary_topology();

const std::vector<Topology>& topologies() {
  static const std::vector<Topology> table = {layered_topology(), residual_topology(), arbitrary_topology()};
  return table;
}

const Topology& topology(const std::string& name) {
  for (const Topology& t : topologies())
    if (t.name == name) return t;
  refuse_name("topology", name, topology_names());
}

std::vector<std::string> topology_names() { return names_of(topologies()); }

std::string topology_meanings() {
  std::string text = "Which projections there are.";
  for (const Topology& t : topologies()) text += (&t == &topologies().front() ? " " : "; ") + t.name + ": " + t.meaning;
  return text + ".";
}

Graph build_graph(const GraphSpec& spec) {
  Graph graph = spec.edges.empty() ? topology(spec.topology).build(spec) : graph_of_edges(spec);
  set_by_projection(graph, spec.projection_alpha, &Projection::alpha, /*trained=*/false);
  set_by_projection(graph, spec.projection_beta, &Projection::beta, /*trained=*/false);
  return graph;
}

Graph populations(const GraphSpec& spec) {
  Graph graph;
  graph.symmetric = spec.feedback != Feedback::random;
  graph.replica = spec.feedback == Feedback::replica;
  graph.populations.push_back({"input", spec.inputs});
  for (std::size_t i = 0; i < spec.hidden.size(); ++i)
    graph.populations.push_back({"hidden" + std::to_string(i + 1), spec.hidden[i]});
  graph.populations.push_back({"readout", spec.outputs});
  return graph;
}

Projection between(const Graph& graph, const GraphSpec& spec, Index source, Index target) {
  Projection p{source, target};
  const bool inner = graph.is_hidden(source) && graph.is_hidden(target);
  p.backward = source > 0;
  p.alpha = inner ? spec.alpha : 1.0;
  p.beta = inner ? spec.beta : p.backward ? 1.0 : 0.0;
  return p;
}

void sort_projections(Graph& graph) {
  std::sort(graph.projections.begin(), graph.projections.end(), [](const Projection& a, const Projection& b) {
    return a.source != b.source ? a.source < b.source : a.target < b.target;
  });
}

}  // namespace settle
