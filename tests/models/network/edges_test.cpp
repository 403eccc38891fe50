// Networks of listed edges. What they refuse is in tests of Python and of the configuration, too.
#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/network/topology.h"

namespace settle::test {
namespace {

GraphSpec spec_with(const std::vector<std::string>& edges, Feedback feedback = Feedback::symmetric) {
  GraphSpec spec{7, {5, 6, 4}, 3};
  spec.alpha = 0.5;
  spec.beta = 0.1;
  spec.edges = edges;
  spec.feedback = feedback;
  return spec;
}

const std::vector<std::string> two_ways = {"hidden3 <-> readout", "input -> hidden1",   "input -> hidden2",
                                           "hidden1 <-> hidden3", "hidden2 -> hidden3", "hidden1 -> readout"};

TEST(Edges, BecomeProjectionsInOrder) {
  const Graph graph = build_graph(spec_with(two_ways));
  std::vector<std::string> names;
  for (const Projection& p : graph.projections) names.push_back(graph.name(p));
  EXPECT_EQ(names, (std::vector<std::string>{"input_hidden1", "input_hidden2", "hidden1_hidden3", "hidden1_readout",
                                             "hidden2_hidden3", "hidden3_readout"}));
  const std::vector<Projection>& p = graph.projections;
  EXPECT_TRUE(p[0].forward && !p[0].backward);
  EXPECT_TRUE(p[2].forward && p[2].backward && p[2].alpha == 0.5 && p[2].beta == 0.1);
  EXPECT_TRUE(p[3].forward && !p[3].backward && p[3].beta == 0);
  EXPECT_TRUE(p[4].forward && !p[4].backward && p[4].alpha == 0.5 && p[4].beta == 0);
  EXPECT_TRUE(p[5].forward && p[5].backward && p[5].beta == 1);
}

TEST(Edges, TakeGainsOfTheirOwn) {
  GraphSpec spec = spec_with(two_ways);
  spec.projection_beta = {{"hidden1_hidden3", 0.7}};
  EXPECT_EQ(build_graph(spec).projections[2].beta, 0.7);
}

TEST(Edges, OfAChainAreTheLayeredTopology) {
  const Graph chain = build_graph(
                  spec_with({"input -> hidden1", "hidden1 <-> hidden2", "hidden2 <-> hidden3", "hidden3 <-> readout"})),
              layers = layered(spec_with({}));
  ASSERT_EQ(chain.projections.size(), layers.projections.size());
  for (std::size_t k = 0; k < layers.projections.size(); ++k) {
    const Projection &a = chain.projections[k], &b = layers.projections[k];
    EXPECT_TRUE(a.source == b.source && a.target == b.target && a.forward == b.forward && a.backward == b.backward);
    EXPECT_TRUE(a.alpha == b.alpha && a.beta == b.beta);
  }
}

TEST(Edges, FeedBackAloneThroughRandomWeights) {
  std::vector<std::string> edges = two_ways;
  edges.emplace_back("hidden1 <- hidden2");
  const Graph graph = build_graph(spec_with(edges, Feedback::random));
  const Projection& p = graph.projections[2];
  EXPECT_EQ(graph.name(p), "hidden1_hidden2");
  EXPECT_TRUE(!p.forward && p.backward && p.beta == 0.1);
  EXPECT_FALSE(graph.symmetric);
  EXPECT_THROW(build_graph(spec_with(edges)), InputError);
}

TEST(Edges, RefuseWhatMakesNoNetwork) {
  const auto why = [](const std::vector<std::string>& edges) {
    try {
      build_graph(spec_with(edges));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(why(two_ways), "nothing");
  EXPECT_EQ(why({"input -> hidden9"}),
            "\"input -> hidden9\": there is no hidden9; there is input, hidden1, hidden2, hidden3, readout "
            "(network.hidden)");
  EXPECT_EQ(why({"hidden3 -> hidden1"}),
            "\"hidden3 -> hidden1\": the one that is nearer to the input comes first: \"hidden1 <- hidden3\"");
  EXPECT_EQ(why({"input -> hidden1", "input -> hidden1"}),
            "\"input -> hidden1\": these two are connected already: write one edge for both directions, <->");
  EXPECT_EQ(why({"input -> hidden1", "hidden1 <-> readout", "input -> hidden2"}),
            "no edges lead from the input to hidden3: add \"... -> hidden3\"");
  for (const char* edge : {"", "input", "input ->", "input - hidden1", "input -> hidden1 -> hidden2"})
    EXPECT_NE(why({edge}).find("with an arrow between"), std::string::npos) << edge;
  EXPECT_EQ(why({"input -> hidden1", "input -> hidden2", "input -> hidden3", "hidden3 -> readout"}),
            "nothing nudges a hidden population: write \"hidden3 <-> readout\"");
}

}  // namespace
}  // namespace settle::test
