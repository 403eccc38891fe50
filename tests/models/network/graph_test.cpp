// Networks as graphs: the builders, and the path gains that scale the difference.
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/network/topology.h"

namespace settle::test::graph_test {
namespace {

GraphSpec spec_with(std::size_t hidden) {
  GraphSpec spec(7, std::vector<Index>(hidden, 5), 3);
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
  EXPECT_EQ(graph.name(graph.projections[0]), "input_hidden1");
  EXPECT_EQ(graph.name(graph.projections[3]), "hidden3_readout");
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

Edges random_skips(std::size_t hidden, std::uint64_t seed) {
  GraphSpec spec = spec_with(hidden);
  spec.skips = Skips::random;
  spec.seed = seed;
  Edges all = edges(residual(spec));
  const Edges chain = edges(layered(spec));
  const auto skips = std::remove_if(all.begin(), all.end(), [&](const auto& edge) {
    return std::find(chain.begin(), chain.end(), edge) != chain.end();
  });
  all.erase(skips, all.end());
  return all;
}

// As many as the structured ones, no two the same, none between neighbours; all pairs are as likely: of 4 hidden
// populations the one skip is each of three pairs in a third of all seeds.
TEST(Graph, RandomSkipsAreDifferentPairsThatAreNoNeighbours) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Edges skips = random_skips(10, seed);
    EXPECT_EQ(skips.size(), 3u);
    EXPECT_EQ(std::set(skips.begin(), skips.end()).size(), 3u);
    for (const auto& [source, target] : skips) EXPECT_TRUE(source >= 1 && target >= source + 2 && target <= 10);
  }
  std::map<std::pair<Index, Index>, int> drawn;
  constexpr int seeds = 900;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) ++drawn[random_skips(4, seed).front()];
  EXPECT_EQ(drawn.size(), 3u);
  for (const auto& [pair, count] : drawn) EXPECT_LT(std::abs(count - 300) / std::sqrt(seeds * 2.0 / 9), 5);
  EXPECT_EQ(random_skips(10, 7), random_skips(10, 7));
  EXPECT_TRUE(random_skips(3, 1).empty());
}

const Projection& named(const Graph& graph, const std::string& name) {
  const auto found = std::find_if(graph.projections.begin(), graph.projections.end(),
                                  [&](const Projection& p) { return graph.name(p) == name; });
  EXPECT_NE(found, graph.projections.end()) << name;
  return *found;
}

TEST(ByProjection, SetsWhatNamesAndGlobsFit) {
  Graph graph = layered(spec_with(4));
  set_by_projection(graph, {{"hidden*", 0.5}, {"hidden2_hidden3", 0.25}}, &Projection::beta, /*trained=*/false);
  EXPECT_EQ(named(graph, "hidden1_hidden2").beta, 0.5);
  EXPECT_EQ(named(graph, "hidden2_hidden3").beta, 0.25);
  EXPECT_EQ(named(graph, "hidden3_hidden4").beta, 0.5);
  EXPECT_EQ(named(graph, "hidden4_readout").beta, 1.0);  // the nudge's
  EXPECT_EQ(named(graph, "hidden1_hidden2").alpha, 0.9);
  set_by_projection(graph, {{"*_readout", 3}, {"input_hidden1", 2}}, &Projection::rate, /*trained=*/true);
  EXPECT_EQ(named(graph, "input_hidden1").rate, 2);
  EXPECT_EQ(named(graph, "hidden1_hidden2").rate, 1);
  EXPECT_EQ(named(graph, "hidden4_readout").rate, 3);
  EXPECT_NEAR(path_gains(graph, 1.0)[1], 0.5 * 0.25 * 0.5, 1e-15);
}

std::string refusal(const ByProjection& numbers, bool trained) {
  Graph graph = layered(spec_with(3));
  try {
    set_by_projection(graph, numbers, &Projection::beta, trained);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ByProjection, RefusesUnknownNamesAndListsTheOthers) {
  EXPECT_EQ(refusal({{"hidden1_hidden3", 1}}, false),
            "no such projection as \"hidden1_hidden3\"; there is hidden1_hidden2, hidden2_hidden3");
  EXPECT_EQ(refusal({{"input_hidden1", 1}}, false),
            "no such projection as \"input_hidden1\"; there is hidden1_hidden2, hidden2_hidden3");
  EXPECT_EQ(refusal({{"input_hidden1", 1}}, true), "");
  EXPECT_EQ(refusal({{"x*", 1}}, true),
            "no such projection as \"x*\"; there is input_hidden1, hidden1_hidden2, hidden2_hidden3, hidden3_readout");
  EXPECT_EQ(refusal({{"*", 1}, {"hidden2*", 2}}, false),
            "\"*\" and \"hidden2*\" both fit hidden2_hidden3: name it itself");
}

TEST(Graph, WithoutFeedbackOnlyTheReadoutHasABack) {
  GraphSpec spec = spec_with(5);
  spec.agt_probability = 0.5;
  const Graph whole = arbitrary(spec), graph = without_feedback(whole);
  EXPECT_TRUE(graph.feedforward);
  for (const Projection& p : graph.projections) {
    EXPECT_TRUE(p.forward);
    EXPECT_EQ(p.backward, p.target == graph.readout());
  }
  const auto forward =
      std::count_if(whole.projections.begin(), whole.projections.end(), [](const Projection& p) { return p.forward; });
  EXPECT_EQ(graph.projections.size(), std::size_t(forward));
  EXPECT_LT(graph.projections.size(), whole.projections.size());
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

// A neuron saturates: it passes on no more than it gets, whatever its gain.
TEST(PathGains, OfGainsAboveOneAreThoseOfOne) {
  Graph graph = layered(spec_with(2));
  graph.projections[1].alpha = graph.projections[1].beta = 3;
  graph.projections[2].source = 1;  // the nudge reaches the first layer, and the second one over it
  EXPECT_EQ(path_gains(graph, 0.1), (std::vector<double>{0, 0.1, 0.1, 0}));
  graph.projections[2].source = 2;
  EXPECT_EQ(path_gains(graph, 0.1), (std::vector<double>{0, 0.1, 0.1, 0}));
}

}  // namespace
}  // namespace settle::test::graph_test
