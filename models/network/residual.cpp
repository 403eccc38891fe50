#include <boost/random/uniform_int_distribution.hpp>

#include "settle/models/network/topology.h"
#include "settle/models/numeric/random.h"

namespace settle {
namespace {

using Pair = std::pair<Index, Index>;

std::vector<Pair> structured_skips(const Graph& graph) {
  std::vector<Pair> skips;
  for (Index p = 1; graph.is_hidden(p + 3); p += 3) skips.emplace_back(p, p + 3);
  return skips;
}

// Different pairs that are no neighbours in the chain, drawn without putting them back.
std::vector<Pair> random_skips(const Graph& graph, std::size_t count, std::uint64_t seed) {
  std::vector<Pair> pairs;
  for (Index q = 1; graph.is_hidden(q); ++q)
    for (Index p = q + 2; graph.is_hidden(p); ++p) pairs.emplace_back(q, p);
  Engine engine(Stream(seed, "skips", Purpose::topology));
  for (std::size_t i = 0; i < count; ++i)
    std::swap(pairs[i], pairs[boost::random::uniform_int_distribution<std::size_t>(i, pairs.size() - 1)(engine)]);
  pairs.resize(count);
  return pairs;
}

}  // namespace

Graph residual(const GraphSpec& spec) {
  Graph graph = layered(spec);
  const std::vector<Pair> structured = structured_skips(graph);
  for (const auto& [source, target] :
       spec.skips == Skips::structured ? structured : random_skips(graph, structured.size(), spec.seed))
    graph.projections.push_back(between(graph, spec, source, target));
  sort_projections(graph);
  return graph;
}

Topology residual_topology() { return {"residual", residual, "a chain with skips 1-4, 4-7, ..."}; }

}  // namespace settle
