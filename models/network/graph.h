// The network as a graph: populations of neurons and the projections between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/network/network_spec.h"
#include "models/numeric/matrix.h"

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
  bool forward = true;    // present, and trained
  bool backward = false;  // present
  double alpha = 1.0;
  double beta = 0.0;
  double rate = 1.0;  // factor on the learning rate
};

/// Populations are numbered 0 (input), 1..N (hidden, recurrent), N + 1 (read-out, linear; SoftMax on the host).
/// Projections are in ascending order of (source, target).
struct Graph {
  std::vector<Population> populations;
  std::vector<Projection> projections;
  bool symmetric = true;     // B is W^T; otherwise a fixed random matrix of its own
  bool replica = false;      // of a symmetric one: B lies in arrays of its own, programmed with W^T
  bool feedforward = false;  // nothing feeds back between hidden populations (without_feedback)

  bool has_own_feedback() const { return replica || !symmetric; }

  Index readout() const { return Index(populations.size()) - 1; }
  bool is_hidden(Index p) const { return p > 0 && p < readout(); }
  const Population& population(Index p) const { return populations[std::size_t(p)]; }
  /// "input-hidden1": the name of a projection, of its crossbar and of its random streams.
  std::string name(const Projection& p) const;
};

/// The same network without feedback between hidden populations, as back-propagation trains it. Projections that have
/// nothing but feedback are gone; the read-out's, which nudges, stays.
Graph without_feedback(Graph graph);

/// Sets `member` of the projections that `numbers` names, among those between hidden populations, or (`trained`) among
/// those that are trained. A name comes before globs. InputError, which lists the names, for one that none has, and
/// when two globs fit the same projection.
void set_by_projection(Graph& graph, const ByProjection& numbers, double Projection::*member, bool trained);

/// The largest product of path gains from the nudge to each population: alpha forwards, beta backwards, times the
/// nudge; gains above one count as one. The size, in orders of magnitude, of the difference that the nudge makes there.
/// Zero where no path leads.
std::vector<double> path_gains(const Graph& graph, double nudge);

}  // namespace settle
