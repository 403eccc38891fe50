// How likely a recording is, under a response with cycle noise and read noise: a Kalman filter over each device's
// state.
#pragma once

#include <vector>

#include "settle/models/device/step_model.h"

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

/// What a reading is beyond what the ones before it make expected, and the variance of that.
struct Innovation {
  double error, variance;
};

/// w <- clip(w + step + cycle step xi), read = w + read noise. The moments of the state after a pulse are integrals
/// over the normal distribution before it, by three points of Gauss and Hermite, as steps are not straight over the
/// noise of a state (Ito and Xiong, IEEE Trans. Automatic Control 2000); those of clipping at the device's bound are
/// exact. Returns -2 ln L of all readings but the first of each record, and fills `innovations`, one for each of those.
double filter(const StepModel& model, const StepModel::Numbers& n, const std::vector<StateRecord>& records,
              const PulseNoise& noise, std::vector<Innovation>& innovations);

}  // namespace settle
