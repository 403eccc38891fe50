// The network as a user describes it.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The pairs of hidden populations that the skips of topology `residual` connect: 1-4, 4-7, ...; or as many different
/// pairs that are no neighbours, by chance.
enum class Skips { structured, random };

/// The source of feedback: the same devices, read transposed; a second array, which is programmed with the transpose;
/// or an array of fixed random weights.
enum class Feedback { symmetric, replica, random };

/// Numbers for some of a network's projections, by name; "hidden1-*" is a glob and stands for all that match.
using ByProjection = std::map<std::string, double>;

/// The section [network].
struct NetworkSpec {
  std::string topology = "layered";
  std::vector<std::string> edges;  // in place of a topology, as "hidden1 <-> hidden2" (edges.cpp); empty: the topology
  std::vector<std::int64_t> hidden = {512, 512};
  std::string activation = "tanh";
  Feedback feedback = Feedback::symmetric;
  double alpha = 1;
  double beta = 0.01;
  double agt_probability = 0.2;
  Skips skips = Skips::structured;
  ByProjection projection_alpha, projection_beta;  // in place of alpha and beta, by projection
  std::string initial = "glorot";
};

/// From the tables of activations (activation.h), topologies (topology.h) and distributions (initial.h): the names that
/// the rows below offer.
std::vector<std::string> activation_names();
std::vector<std::string> topology_names();
std::string topology_meanings();
std::vector<std::string> initial_names();

inline Parameters parameters(NetworkSpec& s) {
  return {
      {"topology", text(s.topology, topology_names()), topology_meanings()},
      {"hidden", WidthsValue{&s.hidden, 65536},
       "Nodes of each hidden layer, from the input on; [] for a perceptron, whose input drives the read-out."},
      {"edges", TextListValue{&s.edges, /*none=*/true},
       "Projections, in place of a topology's: \"input -> hidden1\" is forward and trained, \"hidden1 <-> hidden2\" "
       "feeds back too (from readout: the nudge), \"hidden1 <- hidden3\" is random feedback alone. []: the "
       "topology's."},
      {"activation", text(s.activation, activation_names()), "Activation of the hidden neurons."},
      {"feedback",
       choice(s.feedback,
              {{"symmetric", Feedback::symmetric}, {"replica", Feedback::replica}, {"random", Feedback::random}}),
       "Feedback weights: the transposed forward weights, by reading the same devices; those, programmed into second "
       "arrays at each update; or random ones that are never trained."},
      {"alpha", from(1e-9, s.alpha, 100), "Gain of the forward projections between hidden layers."},
      {"beta", from(1e-9, s.beta, 100),
       "Gain of the feedback projections. Small: settles fast, weak signal in the first layers."},
      {"agt_probability", fraction(s.agt_probability),
       "Probability of each extra edge between two hidden populations; topology agt only."},
      {"skips", choice(s.skips, {{"structured", Skips::structured}, {"random", Skips::random}}),
       "Skips of topology residual: 1-4, 4-7, ...; or as many other pairs of hidden layers, drawn from the seed."},
      {"projection_alpha", ByProjectionValue{&s.projection_alpha, 1e-9, 100},
       "Gains of single projections in place of alpha, as { \"hidden1_hidden2\" = 0.5, \"hidden2_*\" = 2.0 }; a name "
       "comes before globs."},
      {"projection_beta", ByProjectionValue{&s.projection_beta, 1e-9, 100},
       "Gains of single feedback projections in place of beta, by the names of the forward ones, likewise."},
      {"initial", text(s.initial, initial_names()),
       "Initial weights and random feedback: uniform of variance 2 / (sources + targets) or (he) 2 / sources; or "
       "orthonormal rows or columns."}};
}

}  // namespace settle
