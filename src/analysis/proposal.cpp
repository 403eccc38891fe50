#include "src/analysis/proposal.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "settle/models/chip/design_rules.h"
#include "settle/models/error.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/settling/stability.h"
#include "src/config/value.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

constexpr SettleOptions to_equilibrium{Method::sweeps, 1000, 1e-5};
constexpr int rounds = 2;             // in which the noise is measured anew
constexpr int radius_steps = 8;       // of a search for the betas of a radius,
constexpr double same_radius = 2e-3;  // to this relative precision
constexpr double most_exchange = 64;  // by which all alphas are divided at most
constexpr double least_exchange = 0.5;
constexpr double exact_exchange = 1.03;
constexpr double most_gain = 100;  // of network.projection_beta

double ratio(double signal, double noise) {
  return noise > 0 ? signal / noise : std::numeric_limits<double>::infinity();
}

bool couples(const Graph& graph, const Projection& p) {
  return graph.is_hidden(p.source) && graph.is_hidden(p.target) && p.forward && p.backward;
}

// Whether hidden populations couple to their neighbours alone, so that each signal has one way.
bool is_chain(const Graph& graph) {
  return std::all_of(graph.projections.begin(), graph.projections.end(), [&](const Projection& p) {
    return !graph.is_hidden(p.source) || !graph.is_hidden(p.target) || p.target == p.source + 1;
  });
}

ByProjection gains_of(const Graph& graph, double Projection::*member) {
  ByProjection gains;
  for (const Projection& p : graph.projections)
    if (graph.is_hidden(p.source) && graph.is_hidden(p.target)) gains[graph.name(p)] = p.*member;
  return gains;
}

/// Looks for gains on the arrays of one chip, with the noise that another has.
class GainSearch {
 public:
  GainSearch(Chip& chip, const Samples& data, Index samples)
      : chip_(chip), input_(data.pixels.leftCols(samples).cast<float>() / 255), labels_(data.labels.head(samples)) {}

  /// Signals and radius with the gains of `graph`; layers have no noise yet.
  GainFindings measure(const Graph& graph) {
    const auto circuit = chip_.circuit_with(graph);
    Equilibria equilibria(*circuit, input_.cols(), to_equilibrium);
    equilibria.drive(input_);
    Matrix<float> logits, error;
    std::vector<Matrix<float>> differences;
    const ErrorOf error_of = softmax_error(labels_);
    free_phase(equilibria, Use::learning, error_of, logits, error);
    contrast_phases(equilibria, {}, error, error_of, differences);
    GainFindings found;
    found.alpha = gains_of(graph, &Projection::alpha);
    found.beta = gains_of(graph, &Projection::beta);
    found.radius =
        equilibria.settled() ? spectral_radius(*circuit, mean_slopes(*circuit, equilibria.chunk())) : std::nan("");
    for (Index p = 1; p < circuit->readout(); ++p) {
      const Matrix<float>& state = equilibria.state().bank(p).state;
      const Matrix<float> varying = state.colwise() - Vector<float>(state.rowwise().mean());
      const Matrix<float>& difference = differences[std::size_t(p)];
      found.layers.push_back({graph.population(p).name, rms(varying), 0, circuit->signal(p) * rms(difference), 0});
    }
    return found;
  }

  /// Multiplies all betas so that the radius at equilibrium becomes `radius`, which falls and rises with their root.
  /// False where that is not found.
  bool set_radius(Graph& graph, double radius) {
    for (int step = 0; step < radius_steps; ++step) {
      const double now = radius_of(graph);
      if (!(now > 0)) return false;
      if (std::abs(now / radius - 1) < same_radius) return true;
      if (!multiply(graph, &Projection::beta, (radius / now) * (radius / now))) return false;
    }
    return false;
  }

  /// Gives each projection of a chain an equal share in the radius: for a product of all gains that is as large as the
  /// radius allows, the derivatives of the radius by the logarithm of each must be the same (Lagrange). Keeps the
  /// largest product on the way, as shares jump where another eigenvalue becomes the largest.
  void share_radius(Graph& graph, double radius) {
    constexpr int steps = 10;
    constexpr double little = 1.05, exponent = 0.3, most_change = 1.2;
    std::vector<std::size_t> coupling;
    for (std::size_t k = 0; k < graph.projections.size(); ++k)
      if (couples(graph, graph.projections[k])) coupling.push_back(k);
    if (!is_chain(graph) || coupling.size() < 2) return;
    const auto log_product = [&](const Graph& of) {
      double sum = 0;
      for (const std::size_t k : coupling) sum += std::log(of.projections[k].beta);
      return sum;
    };
    Graph now = graph;
    for (int step = 0; step < steps; ++step) {
      const double at = radius_of(now);
      std::vector<double> shares;
      double mean = 0;
      for (const std::size_t k : coupling) {
        Graph more = now;
        more.projections[k].beta *= little;
        shares.push_back(std::max(radius_of(more) / at - 1, 0.0));
        mean += shares.back() / double(coupling.size());
      }
      if (!(mean > 0)) return;
      for (std::size_t i = 0; i < coupling.size(); ++i)
        now.projections[coupling[i]].beta *=
            std::clamp(std::pow(mean / std::max(shares[i], 1e-6), exponent), 1 / most_change, most_change);
      if (!set_radius(now, radius)) return;
      if (log_product(now) > log_product(graph)) graph = now;
    }
  }

  static bool multiply(Graph& graph, double Projection::*member, double factor) {
    for (Projection& p : graph.projections)
      if (graph.is_hidden(p.source) && graph.is_hidden(p.target)) {
        p.*member *= factor;
        if (!(p.*member > 0 && p.*member <= most_gain)) return false;
      }
    return true;
  }

 private:
  static double rms(const Matrix<float>& m) { return double(m.norm()) / std::sqrt(double(m.size())); }

  double radius_of(const Graph& graph) {
    const auto circuit = chip_.circuit_with(graph);
    Equilibria equilibria(*circuit, input_.cols(), to_equilibrium);
    equilibria.drive(input_);
    equilibria.settle_free(Use::inference);
    if (!equilibria.settled()) return std::nan("");
    return spectral_radius(*circuit, mean_slopes(*circuit, equilibria.chunk()));
  }

  Chip& chip_;
  Matrix<float> input_;
  Vector<std::uint8_t> labels_;
};

// The noise of a chip's layers.
void add_noise(const Chip& chip, GainFindings& found) {
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    LayerSignal& layer = found.layers[std::size_t(p - 1)];
    layer.state_noise = std::hypot(chip.noise_at_rest(p).free, chip.difference_readout(p).hold_noise());
    layer.difference_noise = difference_noise(chip, p);
  }
}

GainFindings findings_of(Chip& chip, const Samples& data, Index samples) {
  chip.measure_settling(data.pixels.leftCols(samples), data.labels.head(samples));
  GainFindings found = GainSearch(chip, data, samples).measure(chip.design().graph);
  add_noise(chip, found);
  found.free_s = chip.settling_times().free_s;
  found.clamped_s = chip.settling_times().clamped_s;
  return found;
}

// The graph with all alphas divided by `exchange`, and betas for the radius. False where there is none.
bool exchanged(GainSearch& search, Graph& graph, double exchange, double radius) {
  return GainSearch::multiply(graph, &Projection::alpha, 1 / exchange) &&
         GainSearch::multiply(graph, &Projection::beta, exchange) && search.set_radius(graph, radius);
}

// By golden section over the logarithm of the exchange: the worst ratio rises until states are no longer better than
// differences.
Graph best_exchange(GainSearch& search, const Chip& noise, const Graph& graph, double radius, double averaged) {
  const auto value = [&](double log_exchange) {
    Graph candidate = graph;
    if (!exchanged(search, candidate, std::exp(log_exchange), radius)) return 0.0;
    GainFindings found = search.measure(candidate);
    add_noise(noise, found);
    return found.worst(averaged);
  };
  constexpr double golden = 0.6180339887498949;
  double low = std::log(least_exchange), high = std::log(most_exchange);
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = value(a), at_b = value(b);
  while (high - low > std::log(exact_exchange)) {
    if (at_a >= at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - golden * (high - low);
      at_a = value(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + golden * (high - low);
      at_b = value(b);
    }
  }
  Graph best = graph;
  return exchanged(search, best, std::exp((low + high) / 2), radius) ? best : graph;
}

void refuse_what_has_no_gains(const Configuration& c) {
  if (c.learning.rule != Rule::ep)
    throw InputError("learning.rule: there is no feedback to choose gains of: set learning.rule = \"ep\"");
  if (c.network.hidden.size() < 2)
    throw InputError("network.hidden: there are no two hidden layers to choose gains between");
  if (c.learning.clamped_lines == ClampedLines::differences)
    throw InputError(
        "learning.clamped_lines: lines that carry differences keep the signal whatever alpha and beta are: there is "
        "nothing to choose; set it to \"states\"");
}

Configuration with_gains(Configuration c, const Graph& graph) {
  c.network.projection_alpha = gains_of(graph, &Projection::alpha);
  c.network.projection_beta = gains_of(graph, &Projection::beta);
  return c;
}

}  // namespace

double GainFindings::worst(double averaged) const {
  double worst = std::numeric_limits<double>::infinity();
  for (const LayerSignal& layer : layers)
    worst = std::min({worst, ratio(layer.state, layer.state_noise),
                      std::sqrt(averaged) * ratio(layer.difference, layer.difference_noise)});
  return worst;
}

Proposal propose_gains(const Configuration& c, const MakeChip& make_chip, const Samples& data, Index samples,
                       double averaged) {
  refuse_what_has_no_gains(c);
  const std::unique_ptr<Chip> chip = make_chip(c);
  Proposal proposal;
  proposal.before = proposal.after = findings_of(*chip, data, samples);
  const double radius = proposal.before.radius;
  if (!(radius > 0))
    throw RunError(
        "no equilibrium was found for every sample, so that there is no signal to measure: lower network.beta");
  if (std::isinf(proposal.before.worst(averaged)))
    throw InputError("neuron.noise: there is no noise for a signal to stand out of: set it, or noise.physical");
  GainSearch search(*chip, data, samples);
  Graph graph = chip->design().graph;
  search.share_radius(graph, radius);
  std::unique_ptr<Chip> latest;
  for (int round = 0; round < rounds; ++round) {
    const Graph next = best_exchange(search, latest ? *latest : *chip, graph, radius, averaged);
    std::unique_ptr<Chip> proposed = make_chip(with_gains(c, next));
    const GainFindings found = findings_of(*proposed, data, samples);
    if (!(found.worst(averaged) > proposal.after.worst(averaged))) break;
    proposal.after = found;
    latest = std::move(proposed);
  }
  return proposal;
}

std::string gains_toml(const GainFindings& gains) {
  // three digits are more than a circuit has
  const auto rounded = [](ByProjection numbers) {
    for (auto& [name, gain] : numbers) gain = std::stod(fmt::format("{:.3g}", gain));
    return to_toml(ByProjectionValue{&numbers, 1e-9, most_gain});
  };
  return fmt::format("[network]\nprojection_alpha = {}\nprojection_beta = {}\n", rounded(gains.alpha),
                     rounded(gains.beta));
}

std::string proposal_text(const Proposal& proposal, double averaged) {
  const auto times = [](double signal, double noise) { return fmt::format("{:.3g}", ratio(signal, noise)); };
  std::string text =
      fmt::format("signal over noise{:>25}{:>16}{:>16}{:>16}\n", "state", "proposed", "difference", "proposed");
  for (std::size_t i = 0; i < proposal.before.layers.size(); ++i) {
    const LayerSignal &before = proposal.before.layers[i], &after = proposal.after.layers[i];
    text +=
        fmt::format("  {:<24}{:>16}{:>16}{:>16}{:>16}\n", before.population, times(before.state, before.state_noise),
                    times(after.state, after.state_noise), times(before.difference, before.difference_noise),
                    times(after.difference, after.difference_noise));
  }
  text += fmt::format("the smallest, differences averaged over {:.0f} samples: {:.3g}, proposed {:.3g}\n", averaged,
                      proposal.before.worst(averaged), proposal.after.worst(averaged));
  text += fmt::format("spectral radius at equilibrium {:.3f}, proposed {:.3f}\n", proposal.before.radius,
                      proposal.after.radius);
  text += fmt::format("free phase {}, proposed {}; clamped phase {}, proposed {}\n",
                      engineering(proposal.before.free_s, "s"), engineering(proposal.after.free_s, "s"),
                      engineering(proposal.before.clamped_s, "s"), engineering(proposal.after.clamped_s, "s"));
  return text;
}

}  // namespace settle
