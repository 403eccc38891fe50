// The network as a graph: populations of neurons and the projections between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "settle/models/network/connection.h"
#include "settle/models/network/network_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

struct Population {
  std::string name;
  Index size;
};

/// Connects population `source` to a later one, `target`: `forward` carries alpha W s_source to the target, `backward`
/// carries beta B s_target to the source (from the read-out: the nudge).
struct Projection {
  Index source;
  Index target;
  bool forward = true;    // exists, and is trained
  bool backward = false;  // exists
  double alpha = 1.0;
  double beta = 0.0;
  double rate = 1.0;                               // factor on the learning rate
  std::shared_ptr<const Connection> connection{};  // null: dense
};

/// Populations are numbered 0 (input), 1..N (hidden, recurrent), N + 1 (read-out, linear; SoftMax on the host).
/// Projections are in ascending order of (source, target).
struct Graph {
  std::vector<Population> populations;
  std::vector<Projection> projections;
  bool symmetric = true;     // B is W^T; otherwise a fixed random matrix of its own
  bool replica = false;      // with symmetric feedback: B lies in arrays of its own, programmed with W^T
  bool feedforward = false;  // nothing feeds back between hidden populations (without_feedback)

  bool has_own_feedback() const { return replica || !symmetric; }

  Index readout() const { return Index(populations.size()) - 1; }
  bool is_hidden(Index p) const { return p > 0 && p < readout(); }
  const Population& population(Index p) const { return populations[std::size_t(p)]; }
  /// The connection of a projection, from its source to its target.
  std::shared_ptr<const Connection> connection(const Projection& p) const {
    return p.connection ? p.connection : dense(population(p.source).size, population(p.target).size);
  }
  /// "input_hidden1": the name of a projection and of its arrays, in configurations, ledgers, waveforms, decks and
  /// files.
  std::string name(const Projection& p) const;
  /// "input-hidden1": names the random streams of its initial weights.
  std::string stream_name(const Projection& p) const;
};

/// The graph without feedback between hidden populations, as back-propagation trains it. Projections that carry nothing
/// but feedback are gone; those of the read-out, which nudge, are left.
Graph without_feedback(Graph graph);

/// Sets `member` of the projections that `numbers` names, among those between hidden populations, or (`trained`) among
/// those that are trained. A full name takes precedence over globs. InputError, which lists the names, for a name or
/// glob that fits no projection, and when two globs fit the same one.
void set_by_projection(Graph& graph, const ByProjection& numbers, double Projection::*member, bool trained);

/// The largest product of path gains from the nudge to each population: alpha forwards, beta backwards, times the
/// nudge; gains above one count as one. It tells the order of magnitude of the difference that the nudge makes there.
/// Zero where no path leads.
std::vector<double> path_gains(const Graph& graph, double nudge);

}  // namespace settle
