// Loops over the table of topologies: a new one is tested without a test of its own.
#include "settle/models/network/topology.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "settle/models/error.h"

namespace settle::test::topology_test {
namespace {

GraphSpec spec_of(const Topology& topology) {
  GraphSpec spec{7, {5, 6, 5, 4, 6, 5, 5}, 3};
  spec.topology = topology.name;
  spec.agt_probability = 0.5;
  return spec;
}

TEST(Topologies, AreNamedAndExplained) {
  std::set<std::string> names;
  for (const Topology& t : topologies()) {
    EXPECT_TRUE(names.insert(t.name).second) << t.name;
    EXPECT_FALSE(t.meaning.empty()) << t.name;
    EXPECT_NE(topology_meanings().find(t.name + ": " + t.meaning), std::string::npos);
    EXPECT_EQ(&topology(t.name), &t);
  }
  EXPECT_THROW(topology("nonesuch"), InputError);
}

TEST(Topologies, HaveProjectionsInOrderThatReachEveryPopulation) {
  for (const Topology& t : topologies()) {
    const Graph graph = build_graph(spec_of(t));
    ASSERT_EQ(graph.populations.size(), 9u) << t.name;
    std::set<Index> reached = {0};
    for (const Projection& p : graph.projections) {
      EXPECT_LT(p.source, p.target) << t.name;
      if (p.forward && reached.count(p.source) > 0) reached.insert(p.target);
    }
    EXPECT_EQ(reached.size(), graph.populations.size()) << t.name;
    const auto before = [](const Projection& a, const Projection& b) {
      return std::pair(a.source, a.target) < std::pair(b.source, b.target);
    };
    EXPECT_TRUE(std::is_sorted(graph.projections.begin(), graph.projections.end(), before)) << t.name;
  }
}

TEST(Topologies, FeedbackIsWhatTheNetworkAsksForUnlessRandomByDefinition) {
  for (const Topology& t : topologies())
    for (const Feedback feedback : {Feedback::symmetric, Feedback::replica, Feedback::random}) {
      GraphSpec spec = spec_of(t);
      spec.feedback = feedback;
      const Graph graph = build_graph(spec);
      EXPECT_EQ(graph.symmetric, feedback != Feedback::random && !t.random_feedback) << t.name;
      EXPECT_EQ(graph.replica, feedback == Feedback::replica && !t.random_feedback) << t.name;
    }
}

TEST(Topologies, TakeTheGainsOfSingleProjections) {
  for (const Topology& t : topologies()) {
    GraphSpec spec = spec_of(t);
    spec.projection_beta = {{"hidden1_hidden2", 0.7}};
    const Graph graph = build_graph(spec);
    for (const Projection& p : graph.projections) {
      const bool named = graph.name(p) == "hidden1_hidden2",
                 inner = graph.is_hidden(p.source) && graph.is_hidden(p.target);
      EXPECT_TRUE(!inner || p.beta == (named ? 0.7 : spec.beta)) << t.name << " " << graph.name(p);
    }
  }
}

}  // namespace
}  // namespace settle::test::topology_test
