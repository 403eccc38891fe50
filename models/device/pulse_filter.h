// How likely a recording is, under a response with cycle noise and read noise: a Kalman filter over each device's
// state.
#pragma once

#include <vector>

#include "models/device/step_model.h"

namespace settle {

/// A recording in normalised states: readings, the direction of the pulse before each, the device's number.
struct StateRecord {
  Index device;
  std::vector<double> read;
  std::vector<int> direction;
};

/// Cycle noise in units of the mean step, and read noise in those of the normalised state.
struct PulseNoise {
  double cycle, read;
};

/// What the filter says about one reading: the variance of the state before the pulse's clipping, the variance of the
/// reading, and the filter's gain.
struct Weight {
  double moved, innovation, gain;
};

/// w <- clip(w + step + cycle step xi), read = w + read noise: the extended Kalman filter, with the exact mean and
/// variance of a normal number that is clipped at the device's bound. Returns -2 ln L of all readings but the first of
/// each record, and fills `weights`, one for each of those.
double filter(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
              const PulseNoise& noise, std::vector<Weight>& weights);

/// The innovations over their standard deviations when the weights are held: residuals that a least-squares fit takes.
void innovations(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
                 const std::vector<Weight>& weights, Vector<double>& residuals);

}  // namespace settle
