// The recurrent circuit: banks of neurons, and the list of reads that couples them. A Circuit holds what is built once;
// what its neurons are doing is in a CircuitState.
#pragma once

#include <memory>
#include <vector>

#include "settle/models/circuit/clamped_lines.h"
#include "settle/models/circuit/read.h"
#include "settle/models/network/graph.h"
#include "settle/models/neuron/bank.h"

namespace settle {

struct CircuitSpec {
  double nudge = 0.1;        // gain of the error's drive
  bool layer_scaled = true;  // differences are divided by each population's path gain (path_gains)
  double curvature = 0;      // of the devices' current (device_current.h); 0: linear
  ClampedLines clamped_lines = ClampedLines::states;
};

/// A circuit, built once from a graph. Its list of reads is the one place that says which population reads which array:
/// drives, energy, noise, the loop's matrix and netlists are loops over it. A circuit refers to the arrays' cells,
/// which must not move, and owns the rest.
template <class Real>
class Circuit {
 public:
  /// `banks`: by population; those of the input and the read-out are empty. `arrays`: by projection.
  Circuit(const Graph& graph, std::vector<Bank<Real>> banks, const std::vector<ProjectionArrays<Real>>& arrays,
          const CircuitSpec& spec);
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;

  /// All reads, in the order of the graph's projections; a projection's forward read comes before its backward one.
  const std::vector<Read<Real>>& reads() const { return reads_; }
  /// Whether a read carries the projection backwards.
  bool feeds_back(std::size_t projection) const;
  std::size_t projections() const { return projections_; }

  Index populations() const { return Index(banks_.size()); }
  Index readout() const { return populations() - 1; }
  bool is_hidden(Index p) const { return p > 0 && p < readout(); }
  /// Whether anything settles. In a perceptron, whose input drives the read-out, nothing does.
  bool has_neurons() const { return readout() > 1; }
  /// The number of inputs, neurons or outputs of population p.
  Index size(Index p) const { return sizes_[std::size_t(p)]; }
  const Bank<Real>& bank(Index p) const { return banks_[std::size_t(p)]; }
  Bank<Real>& bank(Index p) { return banks_[std::size_t(p)]; }
  bool has(Role role, Index sink) const;
  /// Whether the input drives the read-out: then a CircuitState keeps what it drives, as state of population 0.
  bool reads_out_input() const;

  /// The scale g_p, by which the differences of population p are divided, so that weak feedback costs no precision.
  double scale(Index p) const { return scale_[std::size_t(p)]; }
  /// The factor on a read's gain when it carries differences: g_from / g_to.
  double ratio(Index from, Index to) const {
    const double g = scale(to);
    return g > 0 ? scale(from) / g : 0.0;
  }
  ClampedLines clamped_lines() const { return clamped_lines_; }
  /// What a difference of one is on the clamped phase's lines, in full scales: the scale g_p where they carry states,
  /// and an amplitude A_p, 0.125 until it is chosen, where they carry differences.
  double signal(Index p) const { return signal_[std::size_t(p)]; }
  void set_signal(Index p, double amplitude) { signal_[std::size_t(p)] = amplitude; }
  /// The gain of a recurrent read or a nudge, from what its lines carry to the drive of its sink, both in full scales.
  /// Where the clamped phase's lines carry differences, feedback regulation is turned round: (g_q / g_p) (A_p / A_q)
  /// times the read's own gain, and A_p nudge / g_p for the nudge.
  double line_gain(const Read<Real>& read, bool clamped) const;
  Real nudge() const { return Real(nudge_); }
  Real curvature() const { return curvature_; }
  /// Whether nothing feeds back between hidden populations, so that one sweep forwards is exact.
  bool feedforward() const { return feedforward_; }
  /// Whether feedback goes through the transposed weights, or nearly, so that sweeps may overshoot.
  bool symmetric() const { return symmetric_; }

  /// Time constants of the fastest and the slowest neuron, in seconds; the latter with the amplifiers before it.
  /// Without neurons: infinity and zero.
  double shortest_tau_s() const;
  double longest_tau_s() const;
  /// Whether any membrane has noise of its own.
  bool has_membrane_noise() const;

 private:
  std::size_t projections_;
  std::vector<Index> sizes_;
  std::vector<Bank<Real>> banks_;
  std::vector<std::shared_ptr<const Connection>> connections_;
  std::vector<Read<Real>> reads_;
  std::vector<double> scale_, signal_;
  ClampedLines clamped_lines_;
  double nudge_;
  Real curvature_;
  bool feedforward_, symmetric_;
};

template <class Real>
struct Chunk;

/// The drives and states of all banks, for a block of samples.
template <class Real>
class CircuitState {
 public:
  CircuitState() = default;
  CircuitState(const Circuit<Real>& circuit, Index samples) { resize(circuit, samples); }

  /// Makes room for `samples` columns; where the size changes, contents become zero.
  void resize(const Circuit<Real>& circuit, Index samples);
  Index samples() const { return samples_; }
  BankState<Real>& bank(Index p) { return banks_[std::size_t(p)]; }
  const BankState<Real>& bank(Index p) const { return banks_[std::size_t(p)]; }
  Chunk<Real> chunk(Index first, Index count) { return {this, first, count}; }
  Chunk<Real> all() { return {this, 0, samples_}; }

 private:
  std::vector<BankState<Real>> banks_;
  Index samples_ = 0;
};

/// Neighbouring samples of a state: the piece that a solver works on.
template <class Real>
struct Chunk {
  CircuitState<Real>* states;
  Index first;
  Index count;

  BankState<Real>& bank(Index p) const { return states->bank(p); }
  View<Real> view(Matrix<Real>& m) const { return columns(m, first, count); }
};

}  // namespace settle
