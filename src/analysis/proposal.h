// Gains for a circuit whose lines carry states: alpha and beta of each projection, chosen for the signal that stands
// out of the noise, with the loop as far from instability as it was.
//
// A loop's matrix is similar to one with the products alpha beta of its projections: how fast it settles hangs on these
// alone, while the signal that goes forwards hangs on the alphas and the one that goes backwards on the betas. What the
// forward path has too much of, the backward path can have (docs/how-it-works.md).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/samples.h"
#include "src/config/configuration.h"

namespace settle {

/// What a population has of the input and of the error, in fractions of full scale.
struct LayerSignal {
  std::string population;
  double state = 0, state_noise = 0;            // rms of a free state about its mean over samples; of the noise on it
  double difference = 0, difference_noise = 0;  // rms of clamped - free; of the noise of a reading of it
};

/// A circuit with certain gains.
struct GainFindings {
  ByProjection alpha, beta;  // of the projections between hidden populations
  std::vector<LayerSignal> layers;
  double radius = 0;  // spectral, with the slopes at equilibrium
  double free_s = 0, clamped_s = 0;

  /// The smallest ratio of signal and noise: of states, and of differences that are averaged over `averaged` samples.
  double worst(double averaged) const;
};

struct Proposal {
  GainFindings before, after;
};

/// A chip of a configuration, with the weights that are to be analysed.
using MakeChip = std::function<std::unique_ptr<Chip>(const Configuration&)>;

/// Proposes gains on the first `samples` of `data`. Differences count as averaged over `averaged` samples: what a run
/// learns is a sum over all its samples, in which noise grows as their root. States do not, as each inference has to do
/// with its own. InputError where gains make no difference; RunError where no equilibrium is found.
Proposal propose_gains(const Configuration& configuration, const MakeChip& make_chip, const Samples& data,
                       Index samples, double averaged);

/// The findings as tables, and the gains as TOML to be put into a configuration.
std::string proposal_text(const Proposal& proposal, double averaged);
std::string gains_toml(const GainFindings& gains);

}  // namespace settle
