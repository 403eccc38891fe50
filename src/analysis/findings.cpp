#include "src/analysis/findings.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "settle/models/chip/design_rules.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/settling/relaxation.h"
#include "settle/models/settling/stability.h"

namespace settle {
namespace {

constexpr Index shown_eigenvalues = 40;  // of networks too large for all
constexpr double most_taus = 1000;       // a circuit that is not at rest by then is not, as in a transient
// The precision with which equilibria are solved for, and the adjoint of the gradient with them.
constexpr SettleOptions exact_sweeps{Method::sweeps, 1000, 1e-6};
constexpr float same_state = 1e-2f;  // rms distance of states that count as one: slow ones rest on the way

double largest(const Vector<double>& values) { return values.allFinite() ? values.maxCoeff() : std::nan(""); }

Matrix<float> all_states(const Circuit<float>& circuit, const CircuitState<float>& states) {
  std::vector<Index> first = {0};
  for (Index p = 1; p < circuit.readout(); ++p) first.push_back(first.back() + circuit.size(p));
  Matrix<float> all(first.back(), states.samples());
  for (Index p = 1; p < circuit.readout(); ++p)
    all.middleRows(first[std::size_t(p - 1)], circuit.size(p)) = states.bank(p).state;
  return all;
}

// The number of samples that come to rest in time at another equilibrium than the solver's.
Index count_elsewhere(const Matrix<float>& at_rest, const Matrix<float>& solved, const Vector<double>& rest_s) {
  if (solved.rows() == 0) return 0;
  const auto distance = (at_rest - solved).colwise().norm() / std::sqrt(float(solved.rows()));
  Index count = 0;
  for (Index c = 0; c < solved.cols(); ++c) count += std::isfinite(rest_s[c]) && distance[c] > same_state;
  return count;
}

void find_eigenvalues(const Circuit<float>& circuit, const Chunk<float>& chunk, Findings& result) {
  const Slopes mean = mean_slopes(circuit, chunk);
  result.radius_settled = spectral_radius(circuit, mean);
  result.eigenvalues_settled = loop_eigenvalues(circuit, mean, shown_eigenvalues);
  for (Index s = 0; s < chunk.count; ++s)
    result.sample_radius[s] = spectral_radius(circuit, slopes_of_sample(circuit, chunk, s));
}

std::vector<ProjectionResult> compare_directions(const Chip& chip, Equilibria& equilibria, const Matrix<float>& error,
                                                 ContrastTerms terms) {
  const Graph& graph = chip.design().graph;
  const Circuit<float>& circuit = chip.circuit();
  Settled solved;
  const Directions<float> ep = contrast_of(circuit, equilibria.chunk(), equilibria.input(), error, terms);
  const Directions<float> truth = descent(circuit, equilibria.chunk(), equilibria.input(), error, exact_sweeps, solved);
  std::vector<ProjectionResult> results;
  for (const Read<float>& read : circuit.reads()) {
    if (!read.forward()) continue;
    const std::size_t k = read.projection;
    Alignment a = solved.converged ? alignment(ep[k], truth[k]) : Alignment{std::nan(""), std::nan("")};
    a.ratio *= double(read.weights.scale);  // the truth is by the cells' elements
    results.push_back({graph.name(graph.projections[k]), a});
  }
  return results;
}

// The signals of a chip from `difference` (by population), and their noise, at equilibrium; NaN where it is not
// reached.
std::vector<SignalResult> measure_signals(const Chip& chip, const std::vector<Matrix<float>>& differences,
                                          bool at_equilibrium) {
  std::vector<SignalResult> signals;
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    double rms = std::nan(""), noise = std::nan("");
    if (at_equilibrium) {
      const Matrix<double> difference = differences[std::size_t(p)].cast<double>();
      rms = chip.circuit().signal(p) * difference.norm() / std::sqrt(double(difference.size()));
      noise = difference_noise(chip, p);
    }
    signals.push_back({chip.design().graph.population(p).name, rms, noise});
  }
  return signals;
}

// Settles both phases of the samples whose input is driven. False when one of them does not settle.
bool settle_phases(Equilibria& equilibria, const Configuration& c, const Vector<std::uint8_t>& labels,
                   Matrix<float>& error, std::vector<Matrix<float>>& differences) {
  const ErrorOf error_of = softmax_error(labels);
  Matrix<float> logits;
  free_phase(equilibria, Use::learning, error_of, logits, error);
  if (!equilibria.settled()) return false;
  ClampedProtocol protocol;
  protocol.nudges = phase_nudges(c.learning);
  protocol.error = c.learning.error;
  protocol.error_rounds = 100;
  protocol.error_tolerance = 1e-6;
  const bool error_settled = contrast_phases(equilibria, protocol, error, error_of, differences);
  return error_settled && equilibria.settled();
}

SettlingTimes measure_times(Chip& chip, const Samples& data, Index samples) {
  chip.measure_settling(data.pixels.leftCols(samples), data.labels.head(samples));
  SettlingTimes times = chip.settling_times();
  if (times.unsettled >= timed_samples(samples)) times.read_s = times.free_s = times.clamped_s = std::nan("");
  return times;
}

}  // namespace

Index timed_samples(Index samples) { return std::min<Index>(samples, 8); }

double Findings::largest_radius() const { return largest(sample_radius); }
double Findings::last_rest_s() const { return largest(rest_s); }
double Findings::worst_change(Index t) const { return largest(trajectory.rms.row(t)); }

Index Findings::convergence_step() const {
  Index slowest = -1;
  for (Index s = 0; s < trajectory.samples(); ++s) {
    const Index t = settle::convergence_step(trajectory, s);
    if (t < 0) return -1;
    slowest = std::max(slowest, t);
  }
  return slowest;
}

Index Findings::plotted_steps() const {
  const Index converged = convergence_step();
  return converged < 0 ? trajectory.steps() : std::min(trajectory.steps(), std::max<Index>(converged * 5 / 4, 8));
}

Index Findings::count(Ending wanted) const {
  Index n = 0;
  for (Index s = 0; s < trajectory.samples(); ++s) n += ending(trajectory, s) == wanted;
  return n;
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::settled:
      return "settled";
    case Ending::cycle:
      return "period-2 cycle";
    case Ending::diverged:
      return "diverged";
    case Ending::neither:
      return "neither";
  }
  throw std::logic_error("an ending without a name");
}

Findings analyse(const Configuration& configuration, Chip& chip, const Samples& data, Index samples, Index steps) {
  const Circuit<float>& circuit = chip.circuit();
  Equilibria equilibria(circuit, samples, exact_sweeps);
  if (configuration.settling.start != Start::any) equilibria.follow_from({});
  equilibria.drive(data.pixels.leftCols(samples).cast<float>() / 255);
  const Chunk<float> chunk = equilibria.chunk();
  Findings result;
  result.radius_settled = std::nan("");
  result.sample_radius = Vector<double>::Constant(samples, std::nan(""));
  result.radius = spectral_radius(circuit);
  result.eigenvalues = loop_eigenvalues(circuit, {}, shown_eigenvalues);
  // any random direction will do; this one belongs to the run's seed
  const Stream perturbation(std::uint64_t(configuration.run.seed), "perturbation", Purpose::initial_weights);
  result.trajectory = follow_map(circuit, chunk, steps, perturbation);
  result.rest_s = relax(circuit, chunk, most_taus);
  const Matrix<float> at_rest = all_states(circuit, equilibria.state());

  Matrix<float> error;
  std::vector<Matrix<float>> differences;
  result.at_equilibrium = settle_phases(equilibria, configuration, data.labels.head(samples), error, differences);
  if (result.at_equilibrium) {
    // of a symmetric nudge, half of what lies between its clamped states
    for (Index p = 1; p < circuit.readout(); ++p) equilibria.state().bank(p).difference = differences[std::size_t(p)];
    result.elsewhere = count_elsewhere(at_rest, all_states(circuit, equilibria.state()), result.rest_s);
    find_eigenvalues(circuit, chunk, result);
    result.projections = compare_directions(chip, equilibria, error, configuration.learning.contrast);
  }
  result.times = measure_times(chip, data, samples);
  result.signals = measure_signals(chip, differences, result.at_equilibrium);
  return result;
}

}  // namespace settle
