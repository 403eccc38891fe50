#include "src/analysis/findings.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/settling/relaxation.h"
#include "models/settling/stability.h"
#include "src/analysis/phases.h"

namespace settle {
namespace {

constexpr Index shown_eigenvalues = 40;  // of networks too large for all
constexpr double most_taus = 1000;       // a circuit that is not at rest by then is not, as in a transient
constexpr float same_state = 1e-2f;      // rms distance of states that count as one: slow ones rest on the way

double largest(const Vector<double>& values) { return values.allFinite() ? values.maxCoeff() : std::nan(""); }

Matrix<float> all_states(const Loop<float>& loop, const Phases& phases) {
  std::vector<Index> first = {0};
  for (Index p = 1; p < loop.readout(); ++p) first.push_back(first.back() + phases.state(p).state.rows());
  Matrix<float> all(first.back(), phases.chunk().count);
  for (Index p = 1; p < loop.readout(); ++p)
    all.middleRows(first[std::size_t(p - 1)], phases.state(p).state.rows()) = phases.state(p).state;
  return all;
}

// Samples with an equilibrium of their own in each of the two.
Index count_elsewhere(const Matrix<float>& at_rest, const Matrix<float>& solved, const Vector<double>& rest_s) {
  const auto distance = (at_rest - solved).colwise().norm() / std::sqrt(float(solved.rows()));
  Index count = 0;
  for (Index c = 0; c < solved.cols(); ++c) count += std::isfinite(rest_s[c]) && distance[c] > same_state;
  return count;
}

void find_eigenvalues(const Loop<float>& loop, const Phases& phases, Findings& result) {
  const Slopes mean = mean_slopes(loop, phases.chunk());
  result.radius_settled = spectral_radius(loop, mean);
  result.eigenvalues_settled = loop_eigenvalues(loop, mean, shown_eigenvalues);
  for (Index s = 0; s < phases.chunk().count; ++s)
    result.sample_radius[s] = spectral_radius(loop, slopes_of_sample(loop, phases.chunk(), s));
}

std::vector<ProjectionResult> compare_directions(hw::Substrate& substrate, const Phases& phases, ContrastTerms terms) {
  const Graph& graph = substrate.spec().graph;
  Settled solved;
  const Directions<float> ep = contrast_of(substrate.loop(), phases.chunk(), phases.input(), phases.error(), terms);
  const Directions<float> truth =
      descent(substrate.loop(), phases.chunk(), phases.input(), phases.error(), exact_sweeps, solved);
  std::vector<ProjectionResult> results;
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    if (!graph.projections[k].forward) continue;
    Alignment a = solved.converged ? alignment(ep[k], truth[k]) : Alignment{std::nan(""), std::nan("")};
    // the loop's matrices are normalised: W is weight_scale times them
    a.ratio *= double(substrate.array(k).model().weight_scale());
    results.push_back({graph.name(graph.projections[k]), a});
  }
  return results;
}

std::vector<SignalResult> measure_signals(const Graph& graph, const Loop<float>& loop, const Phases& phases,
                                          bool at_equilibrium) {
  std::vector<SignalResult> signals;
  for (Index p = 1; p < graph.readout(); ++p) {
    const Matrix<double> difference = phases.state(p).difference.cast<double>();
    const double rms = loop.scale[std::size_t(p)] * difference.norm() / std::sqrt(double(difference.size()));
    signals.push_back({graph.population(p).name, at_equilibrium ? rms : std::nan("")});
  }
  return signals;
}

SettlingTimes measure_times(hw::Chip& chip, const Samples& data, Index samples) {
  chip.host.measure_settling({data.pixels.leftCols(samples), data.labels.head(samples), data.classes});
  SettlingTimes times = chip.substrate.settling_times();
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

Findings analyse(const Configuration& configuration, hw::Chip& chip, const Samples& data, Index samples, Index steps) {
  hw::Substrate& substrate = chip.substrate;
  const Loop<float>& loop = substrate.loop();
  Phases phases(loop, data, samples);
  Findings result;
  result.radius_settled = std::nan("");
  result.sample_radius = Vector<double>::Constant(samples, std::nan(""));
  result.radius = spectral_radius(loop);
  result.eigenvalues = loop_eigenvalues(loop, {}, shown_eigenvalues);
  // any random direction will do; this one belongs to the run's seed
  const Stream perturbation(std::uint64_t(configuration.run.seed), "perturbation", Purpose::initial_weights);
  result.trajectory = follow_map(loop, phases.chunk(), steps, perturbation);
  result.rest_s = relax(loop, phases.chunk(), most_taus);
  const Matrix<float> at_rest = all_states(loop, phases);

  result.at_equilibrium = phases.settle(configuration.learning.error, configuration.learning.nudging);
  if (result.at_equilibrium) {
    result.elsewhere = count_elsewhere(at_rest, all_states(loop, phases), result.rest_s);
    find_eigenvalues(loop, phases, result);
    result.projections = compare_directions(substrate, phases, configuration.learning.contrast);
  }
  result.times = measure_times(chip, data, samples);
  result.signals = measure_signals(substrate.spec().graph, loop, phases, result.at_equilibrium);
  return result;
}

}  // namespace settle
