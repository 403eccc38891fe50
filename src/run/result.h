// The results of a run, epoch by epoch and in all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "settle/models/chip/converters.h"
#include "settle/models/chip/design_rules.h"
#include "settle/models/chip/pulse_programmer.h"
#include "settle/models/cost/area.h"
#include "settle/models/cost/figures.h"
#include "settle/models/cost/ledger.h"
#include "settle/models/cost/monte_carlo.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// A row of metrics.csv. Accuracies are fractions; time, energy and pulses are sums since the run began.
struct EpochResult {
  int epoch = 0;
  double train_loss = 0, train_accuracy = 0;  // of the free phases that trained
  double test_loss = 0, test_accuracy = 0;
  double seconds = 0;  // wall clock of the training
  double simulated_s = 0;
  double energy_j = 0;  // nominal
  double pulses = 0;
  double free_steps_mean = 0, clamped_steps_mean = 0, unsettled_fraction = 0;
  double cycle_fraction = 0;      // samples in a cycle of period two, as a fraction of all
  double elsewhere_fraction = 0;  // of the samples whose settling was timed: those that went elsewhere or nowhere
  double read_settling_s = 0, free_settling_s = 0, clamped_settling_s = 0;
  double spectral_radius_settled = 0;
  double forward_settling_s = 0;                       // of a forward pass, ahead of the free phase's other times
  double coupling = 0;                                 // Chip::coupling
  double checked = 0, checked_elsewhere = 0;           // samples (SettlingCount)
  double clipped_states = 0, clipped_differences = 0;  // shares of codes, of the bank where they are largest
  double clipped_energy = 0;  // of differences: what clipping takes from their squares, likewise
};

/// What a bank's, or the read-out's, converters have clipped in the last epoch.
struct ClippedBy {
  std::string component, what;  // "hidden1_adc", "differences"
  Clipping counts;
};

struct RunResult {
  std::string network;  // "784-512-512-10"
  std::string data_name;
  Index train_samples = 0, test_samples = 0;  // in the data set
  Index trained = 0, inferred = 0;            // sample presentations
  std::vector<EpochResult> epochs;
  Matrix<std::int64_t> confusion;  // true class x predicted class, of the last test
  Ledger ledger;
  std::vector<AreaRow> area;         // of all
  std::vector<AreaRow> analog_area;  // of all but the host
  Figures figures;                   // uncertain ones, that energies and areas are in proportion to
  std::vector<DesignRule> rules;
  std::vector<StateNoise> noise;
  std::vector<ClippedBy> clipping;  // where converters have codes
  double multiply_adds = 0;         // of the forward weights
  double target_accuracy = 0;       // 0: none
  double spectral_radius = 0;
  double pulses = 0;
  WriteErrors written;                    // of the initial weights
  Index accuracy_draws = 0;               // chips with drawn figures that the trained weights were tested on,
  Spread accuracy = {};                   // and what they found; means nothing without any
  std::optional<double> rested_accuracy;  // of the test after run.rest_s
  double saturated_share = 0;             // of updates in place (Chip::saturated_share); NaN: there were none
  bool interrupted = false;
};

}  // namespace settle
