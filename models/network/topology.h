// Topologies: which projections a network has.
//
// A new topology is one file with a function that returns its record, and a line in the table of topology.cpp.
#pragma once

#include "settle/models/network/graph.h"

namespace settle {

/// The specification of a graph: the section [network], the data set's inputs and outputs, and the seed.
struct GraphSpec : NetworkSpec {
  Index inputs;
  Index outputs;
  std::uint64_t seed = 1;

  GraphSpec(Index inputs_, std::vector<Index> hidden_, Index outputs_) : inputs(inputs_), outputs(outputs_) {
    hidden = std::move(hidden_);
  }
  GraphSpec(const NetworkSpec& network, Index inputs_, Index outputs_, std::uint64_t seed_)
      : NetworkSpec(network), inputs(inputs_), outputs(outputs_), seed(seed_) {}
};

/// A way to connect populations, as a configuration names it.
struct Topology {
  std::string name;
  Graph (*build)(const GraphSpec& spec);
  std::string meaning;           // a phrase: "a chain of layers"
  bool random_feedback = false;  // feedback is random by definition
};

/// All that there are.
const std::vector<Topology>& topologies();

/// The topology of that name (InputError, which lists them, when there is none).
const Topology& topology(const std::string& name);

/// The graph of spec.edges, or else of spec.topology, with the gains that are set for single projections. InputError
/// where these name no projection of it.
Graph build_graph(const GraphSpec& spec);

/// The graph of spec.edges: "source -> target", "source <-> target" or "source <- target", source before target.
/// InputError where a name is unknown, a pair comes twice or the wrong way round, or a population is driven by nothing.
Graph graph_of_edges(const GraphSpec& spec);

// The building blocks of topologies:

/// The populations, without projections.
Graph populations(const GraphSpec& spec);
/// A projection with the gains of the network between hidden populations, and of one elsewhere: the nudge has a factor
/// of its own.
Projection between(const Graph& graph, const GraphSpec& spec, Index source, Index target);
/// Brings projections into their order.
void sort_projections(Graph& graph);

/// A chain of layers.
Graph layered(const GraphSpec& spec);
/// A chain of layers, with skips.
Graph residual(const GraphSpec& spec);
/// Each directed pair of distinct hidden populations, with probability agt_probability, besides the bidirectional
/// chain: pairs from an earlier population are forward and trained, pairs from a later one are feedback alone, random
/// and fixed, as all its feedback is (arXiv 2508.11659, section 3).
Graph arbitrary(const GraphSpec& spec);

}  // namespace settle
