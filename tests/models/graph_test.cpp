// Networks as graphs: the builders, and the path gains that scale the difference.
#include "models/network/graph.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::test {
namespace {

GraphSpec spec_with(std::size_t hidden) {
  GraphSpec spec;
  spec.inputs = 7;
  spec.hidden.assign(hidden, 5);
  spec.outputs = 3;
  spec.alpha = 0.9;
  spec.beta = 0.1;
  return spec;
}

using Edges = std::vector<std::pair<Index, Index>>;
Edges edges(const Graph& graph) {
  Edges found;
  for (const Projection& p : graph.projections) found.emplace_back(p.source, p.target);
  return found;
}

TEST(Graph, LayeredIsAChain) {
  const Graph graph = layered(spec_with(3));
  EXPECT_EQ(edges(graph), (Edges{{0, 1}, {1, 2}, {2, 3}, {3, 4}}));
  EXPECT_EQ(graph.readout(), 4);
  EXPECT_EQ(graph.population(0).size, 7);
  EXPECT_EQ(graph.population(2).size, 5);
  EXPECT_EQ(graph.population(4).size, 3);
  EXPECT_EQ(graph.name(graph.projections[0]), "input-hidden1");
  EXPECT_EQ(graph.name(graph.projections[3]), "hidden3-readout");
}

// alpha and beta act between hidden populations; the input gets no feedback; the read-out's is the nudge.
TEST(Graph, FactorsActBetweenHiddenPopulations) {
  const Graph graph = layered(spec_with(2));
  const Projection &in = graph.projections[0], &inner = graph.projections[1], &out = graph.projections[2];
  EXPECT_FALSE(in.backward);
  EXPECT_EQ(in.alpha, 1.0);
  EXPECT_EQ(in.beta, 0.0);
  EXPECT_TRUE(inner.forward && inner.backward);
  EXPECT_EQ(inner.alpha, 0.9);
  EXPECT_EQ(inner.beta, 0.1);
  EXPECT_TRUE(out.forward && out.backward);
  EXPECT_EQ(out.alpha, 1.0);
  EXPECT_EQ(out.beta, 1.0);
}

TEST(Graph, ResidualSkipsTwoOfEveryThree) {
  EXPECT_EQ(edges(residual(spec_with(3))), edges(layered(spec_with(3))));
  EXPECT_EQ(edges(residual(spec_with(4))), (Edges{{0, 1}, {1, 2}, {1, 4}, {2, 3}, {3, 4}, {4, 5}}));
  const Edges ten = edges(residual(spec_with(10)));
  for (const auto& skip : Edges{{1, 4}, {4, 7}, {7, 10}}) EXPECT_EQ(std::count(ten.begin(), ten.end(), skip), 1);
  EXPECT_EQ(ten.size(), 11u + 3u);
  EXPECT_TRUE(std::is_sorted(ten.begin(), ten.end()));
}

Graph arbitrary_with(double probability, std::size_t hidden, std::uint64_t seed = 1) {
  GraphSpec spec = spec_with(hidden);
  spec.agt_probability = probability;
  spec.seed = seed;
  return arbitrary(spec);
}

TEST(Graph, ArbitraryWithoutPairsIsTheChain) {
  const Graph graph = arbitrary_with(0.0, 6);
  EXPECT_EQ(edges(graph), edges(layered(spec_with(6))));
  EXPECT_FALSE(graph.symmetric);
}

TEST(Graph, ArbitraryWithAllPairsIsComplete) {
  const Graph graph = arbitrary_with(1.0, 6);
  EXPECT_EQ(graph.projections.size(), 2u + 6u * 5u / 2u);
  for (const Projection& p : graph.projections) EXPECT_TRUE(p.forward && (p.backward || p.source == 0));
}

// Directed pairs of hidden populations that are not neighbours in the chain: each with the probability asked for.
TEST(Graph, ArbitraryDrawsEachDirection) {
  const std::size_t hidden = 30;
  const double probability = 0.3, pairs = 29.0 * 28.0 / 2.0, seeds = 20;
  double forward = 0, backward = 0, both = 0;
  for (std::uint64_t seed = 1; seed <= std::uint64_t(seeds); ++seed) {
    const Graph graph = arbitrary_with(probability, hidden, seed);
    for (const Projection& p : graph.projections) {
      EXPECT_TRUE(p.forward || p.backward);
      if (!graph.is_hidden(p.source) || !graph.is_hidden(p.target) || p.target == p.source + 1) continue;
      forward += p.forward;
      backward += p.backward;
      both += p.forward && p.backward;
    }
  }
  const auto off = [&](double count, double claimed) {
    const double n = pairs * seeds;
    return (count - n * claimed) / std::sqrt(n * claimed * (1 - claimed));
  };
  EXPECT_LT(std::abs(off(forward, probability)), 5);
  EXPECT_LT(std::abs(off(backward, probability)), 5);
  EXPECT_LT(std::abs(off(both, probability * probability)), 5);
  EXPECT_LT(off(forward, 1.1 * probability), -5);  // a tenth more would show
}

TEST(Graph, ArbitraryFollowsItsSeed) {
  EXPECT_EQ(edges(arbitrary_with(0.3, 10, 1)), edges(arbitrary_with(0.3, 10, 1)));
  EXPECT_NE(edges(arbitrary_with(0.3, 10, 1)), edges(arbitrary_with(0.3, 10, 2)));
}

TEST(PathGains, FallByBetaALayer) {
  const std::vector<double> gain = path_gains(layered(spec_with(5)), 0.02);
  EXPECT_EQ(gain.front(), 0.0);
  EXPECT_EQ(gain.back(), 0.0);
  for (int p = 1; p <= 5; ++p) EXPECT_NEAR(gain[std::size_t(p)] / (0.02 * std::pow(0.1, 5 - p)), 1, 1e-12) << p;
}

// 10 <- 7 <- 4 <- 1 in one step each; 3 from 4; 2 from 3, or forwards from 1, whichever is more.
TEST(PathGains, TakeTheSkips) {
  const std::vector<double> gain = path_gains(residual(spec_with(10)), 1.0);
  const double a = 0.9, b = 0.1;
  const double expected[] = {0,
                             b * b * b,      // 1: over 4
                             a * b * b * b,  // 2: from 1, more than from 3
                             b * b * b,      // 3: from 4
                             b * b,          // 4: over 7
                             a * b * b,      // 5: from 4
                             b * b,          // 6: from 7
                             b,              // 7: over 10
                             a * b,
                             b,
                             1.0,
                             0};  // 8 from 7, 9 from 10
  for (std::size_t p = 0; p < gain.size(); ++p) EXPECT_NEAR(gain[p], expected[p], 1e-15) << p;
}

TEST(PathGains, AreZeroWhereNoPathLeads) {
  Graph graph = layered(spec_with(3));
  graph.projections[2].backward = false;  // 2-3
  const std::vector<double> gain = path_gains(graph, 0.5);
  EXPECT_EQ(gain, (std::vector<double>{0, 0, 0, 0.5, 0}));
}

}  // namespace
}  // namespace settle::test
