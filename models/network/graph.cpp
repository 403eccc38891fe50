#include "models/network/graph.h"

#include <algorithm>

#include <boost/random/uniform_01.hpp>

#include "models/numeric/random.h"

namespace settle {
namespace {

Graph chain(const GraphSpec& spec) {
  Graph graph;
  graph.symmetric = spec.symmetric;
  graph.populations.push_back({"input", spec.inputs});
  for (std::size_t i = 0; i < spec.hidden.size(); ++i)
    graph.populations.push_back({"hidden" + std::to_string(i + 1), spec.hidden[i]});
  graph.populations.push_back({"readout", spec.outputs});
  return graph;
}

// alpha and beta act between hidden populations only; the nudge has a factor of its own.
Projection between(const Graph& graph, const GraphSpec& spec, Index source, Index target) {
  Projection p{source, target};
  const bool inner = graph.is_hidden(source) && graph.is_hidden(target);
  p.backward = source > 0;
  p.alpha = inner ? spec.alpha : 1.0;
  p.beta = inner ? spec.beta : p.backward ? 1.0 : 0.0;
  return p;
}

void sort(Graph& graph) {
  std::sort(graph.projections.begin(), graph.projections.end(), [](const Projection& a, const Projection& b) {
    return a.source != b.source ? a.source < b.source : a.target < b.target;
  });
}

}  // namespace

std::string Graph::name(const Projection& p) const {
  return population(p.source).name + "-" + population(p.target).name;
}

Graph layered(const GraphSpec& spec) {
  Graph graph = chain(spec);
  for (Index p = 0; p < graph.readout(); ++p) graph.projections.push_back(between(graph, spec, p, p + 1));
  return graph;
}

Graph residual(const GraphSpec& spec) {
  Graph graph = layered(spec);
  for (Index p = 1; graph.is_hidden(p + 3); p += 3) graph.projections.push_back(between(graph, spec, p, p + 3));
  sort(graph);
  return graph;
}

Graph arbitrary(const GraphSpec& spec) {
  Graph graph = layered(spec);
  graph.symmetric = false;
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
  sort(graph);
  return graph;
}

std::vector<double> path_gains(const Graph& graph, double nudge) {
  std::vector<double> gain(graph.populations.size(), 0.0);
  for (const Projection& p : graph.projections)
    if (p.target == graph.readout() && p.backward) gain[std::size_t(p.source)] = nudge;
  // Bellman and Ford, in products. A gain above one counts as one: it saturates neurons rather than adding up around
  // a loop, and with gains of at most one as many rounds as populations are enough.
  for (std::size_t round = 0; round < graph.populations.size(); ++round) {
    for (const Projection& p : graph.projections) {
      if (!graph.is_hidden(p.source) || !graph.is_hidden(p.target)) continue;
      double& low = gain[std::size_t(p.source)];
      double& high = gain[std::size_t(p.target)];
      if (p.forward) high = std::max(high, std::min(1.0, p.alpha) * low);
      if (p.backward) low = std::max(low, std::min(1.0, p.beta) * high);
    }
  }
  return gain;
}

}  // namespace settle
