// The device that a fit's numbers make, and what each of the device's numbers is known to.
#pragma once

#include <string>
#include <vector>

#include "settle/models/device/preset.h"
#include "settle/models/device/step_fit.h"

namespace settle {

/// A number of the preset, with its standard error: what the noise leaves open, and for a mean over devices no less
/// than their spread over the root of their number. NaN where the recording says nothing, as of a bound that no device
/// reached.
struct FittedNumber {
  std::string name;
  double value, error;
};

/// A preset in the normalised states of the fit; of the response `table`, with its table. What pulses take is not known
/// here.
struct FittedPreset {
  DevicePreset device;
  std::vector<FittedNumber> numbers;
  std::string unusable;  // why no device can be made of it; empty: one can
};

/// The preset of the devices' means, with their spread beyond the errors of the single ones. Errors follow from the
/// covariance of all numbers: what devices share, as their shape, is no better known for their number.
FittedPreset fitted_preset(const StepModel& model, const StepFit& fit);

}  // namespace settle
