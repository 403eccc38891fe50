#include "src/config/network_graph.h"

#include <stdexcept>

namespace settle {
namespace {

Graph topology_of(const Configuration& c, const GraphSpec& spec) {
  switch (c.network.topology) {
    case Topology::layered:
      return layered(spec);
    case Topology::residual:
      return residual(spec);
    case Topology::agt:
      return arbitrary(spec);
  }
  throw std::logic_error("a topology without a builder");
}

}  // namespace

Graph build_graph(const Configuration& c, Index inputs, Index outputs) {
  const GraphSpec spec{inputs,
                       {c.network.hidden.begin(), c.network.hidden.end()},
                       outputs,
                       c.network.alpha,
                       c.network.beta,
                       c.network.feedback != Feedback::random,
                       c.network.agt_probability,
                       std::uint64_t(c.run.seed),
                       c.network.skips};
  Graph graph = topology_of(c, spec);
  graph.replica = c.network.feedback == Feedback::replica;
  set_by_projection(graph, c.network.projection_alpha, &Projection::alpha, /*trained=*/false);
  set_by_projection(graph, c.network.projection_beta, &Projection::beta, /*trained=*/false);
  set_by_projection(graph, c.learning.projection_rate, &Projection::rate, /*trained=*/true);
  return c.learning.rule == Rule::ep ? graph : without_feedback(graph);
}

}  // namespace settle
