#include <algorithm>
#include <sstream>

#include "settle/models/error.h"
#include "settle/models/network/topology.h"

namespace settle {
namespace {

/// "hidden1 <-> hidden2", as it is written.
struct Edge {
  std::string text, source, arrow, target;

  bool forward() const { return arrow != "<-"; }
  bool backward() const { return arrow != "->"; }
  [[noreturn]] void refuse(const std::string& why) const { throw InputError("\"" + text + "\": " + why); }
};

Edge edge_of(const std::string& text) {
  Edge edge{text, {}, {}, {}};
  std::string more;
  std::istringstream words(text);
  words >> edge.source >> edge.arrow >> edge.target;
  const bool an_arrow = edge.arrow == "->" || edge.arrow == "<->" || edge.arrow == "<-";
  if (!an_arrow || edge.target.empty() || words >> more)
    edge.refuse("must be two populations with an arrow between, as \"hidden1 -> hidden2\", <-> or <-");
  return edge;
}

Index number_of(const Graph& graph, const Edge& edge, const std::string& name) {
  std::string all;
  for (std::size_t p = 0; p < graph.populations.size(); ++p) {
    if (graph.populations[p].name == name) return Index(p);
    all += (p == 0 ? "" : ", ") + graph.populations[p].name;
  }
  edge.refuse("there is no " + name + "; there is " + all + " (network.hidden)");
}

Projection projection_of(const Graph& graph, const GraphSpec& spec, const Edge& edge) {
  const Index source = number_of(graph, edge, edge.source), target = number_of(graph, edge, edge.target);
  if (source == target) edge.refuse("no population feeds itself");
  if (target == 0) edge.refuse("nothing feeds back to the input: write \"" + edge.target + " -> " + edge.source + "\"");
  if (source > target)
    edge.refuse("the one that is nearer to the input comes first: \"" + edge.target + " " +
                (edge.arrow == "<->"  ? "<->"
                 : edge.arrow == "->" ? "<-"
                                      : "->") +
                " " + edge.source + "\"");
  if (source == 0 && edge.backward()) edge.refuse("nothing feeds back to the input: write ->");
  if (target == graph.readout() && !edge.forward()) edge.refuse("the read-out is driven, too: write <->");
  if (!edge.forward() && graph.symmetric)
    edge.refuse("feedback without forward weights is random: set network.feedback = \"random\", or write <->");
  Projection p = between(graph, spec, source, target);
  p.forward = edge.forward();
  p.backward = edge.backward();
  if (!p.backward) p.beta = 0;
  return p;
}

// Populations that the input reaches on forward edges, which are in the order of their sources.
std::vector<bool> reached(const Graph& graph) {
  std::vector<bool> all(graph.populations.size(), false);
  all[0] = true;
  for (const Projection& p : graph.projections)
    if (p.forward && all[std::size_t(p.source)]) all[std::size_t(p.target)] = true;
  return all;
}

void expect_to_work(const Graph& graph) {
  const std::vector<bool> driven = reached(graph);
  for (std::size_t p = 1; p < driven.size(); ++p)
    if (!driven[p])
      throw InputError("no edges lead from the input to " + graph.populations[p].name + ": add \"... -> " +
                       graph.populations[p].name + "\"");
  const bool nudged = std::any_of(graph.projections.begin(), graph.projections.end(),
                                  [&](const Projection& p) { return p.target == graph.readout() && p.backward; });
  if (graph.readout() > 1 && !nudged)
    throw InputError("nothing nudges a hidden population: write \"" +
                     graph.populations[std::size_t(graph.readout() - 1)].name + " <-> readout\"");
}

}  // namespace

Graph graph_of_edges(const GraphSpec& spec) {
  Graph graph = populations(spec);
  for (const std::string& text : spec.edges) {
    const Edge edge = edge_of(text);
    const Projection p = projection_of(graph, spec, edge);
    for (const Projection& other : graph.projections)
      if (other.source == p.source && other.target == p.target)
        edge.refuse("these two are connected already: write one edge for both directions, <->");
    graph.projections.push_back(p);
  }
  sort_projections(graph);
  expect_to_work(graph);
  return graph;
}

}  // namespace settle
