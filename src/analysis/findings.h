// Findings about a chip's loop: how fast, whether and why it settles, and how close its learning comes to the gradient.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "settle/models/chip/chip.h"
#include "settle/models/learning/gradient.h"
#include "settle/models/learning/samples.h"
#include "settle/models/settling/trajectory.h"
#include "src/config/configuration.h"

namespace settle {

struct ProjectionResult {
  std::string name;
  Alignment alignment;  // of equilibrium propagation's direction to the true descent
};

struct SignalResult {
  std::string population;
  double rms;    // of clamped - free, as a fraction of full scale
  double noise;  // rms of a reading of it (difference_noise), likewise
};

/// Figures that need an equilibrium are NaN where not every sample has one.
struct Findings {
  std::string weights;        // "initial" or "trained"
  double radius = 0;          // spectral, of the bare weights
  double radius_settled = 0;  // with the slopes at equilibrium, averaged over the samples
  std::vector<std::complex<double>> eigenvalues, eigenvalues_settled;  // of the two matrices: the largest ones
  Trajectory trajectory;                                               // of the synchronous map
  Vector<double> sample_radius;  // with the slopes of each sample's own equilibrium
  Vector<double> rest_s;         // when the circuit comes to rest after a reset (relax); NaN: it does not
  Index elsewhere = 0;           // samples whose circuit comes to rest at another equilibrium than the solver's
  bool at_equilibrium = false;   // both phases of all samples are solved
  SettlingTimes times;           // of the first timed_samples; NaN where none of them gets there
  std::vector<ProjectionResult> projections;
  std::vector<SignalResult> signals;

  /// The largest of sample_radius; NaN where one is not known.
  double largest_radius() const;
  /// The time at which the last sample's circuit comes to rest; NaN when not all do.
  double last_rest_s() const;
  /// The change of the worst sample in step t, rms; NaN where one is not a number.
  double worst_change(Index t) const;
  /// The slowest sample's step of convergence; -1 when not all converge.
  Index convergence_step() const;
  /// The last step that is worth a plot: shortly after all samples have converged, or the last one.
  Index plotted_steps() const;
  /// The number of samples with this ending.
  Index count(Ending ending) const;
};

/// The findings about one network: before and after training, or as initialised alone.
struct LoopAnalysis {
  std::string title;  // of what was analysed, in a line
  Index samples = 0;
  double beta = 0, alpha = 0;
  double full_scale_v = 0, tau_s = 0;
  std::vector<Findings> findings;
};

/// The number of samples whose settling time is measured (Chip::measure_settling).
Index timed_samples(Index samples);

/// "settled", "period-2 cycle", ...
const char* name_of(Ending ending);

/// The analysis of the chip's weights as they are, on the first `samples` of `data`, with `steps` steps of the map.
Findings analyse(const Configuration& configuration, Chip& chip, const Samples& data, Index samples, Index steps);

}  // namespace settle
