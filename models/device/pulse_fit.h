// A device of the preset's kind from recorded pulses: response, spread, cycle noise and read noise, with standard
// errors.
#pragma once

#include <string>
#include <vector>

#include "settle/models/device/fitted_preset.h"
#include "settle/models/device/pulse_record.h"

namespace settle {

/// Conductances that the normalised states -1 and 1 stand for, in siemens.
struct ConductanceRange {
  double low, high;
};

/// The mean over devices of the lowest and of the highest conductance that each reaches, averaged over its records.
ConductanceRange range_of(const PulseRecords& records);

/// A device that was fitted, and how well.
struct PulseFit : FittedPreset {
  ConductanceRange range;  // of device.w_min and device.w_max

  // Goodness of fit. AICc = -2 ln L + 2 k + 2 k (k + 1) / (n - k - 1), k numbers, n readings.
  double aicc = 0;
  int free_numbers = 0, readings = 0;
  double innovation_variance = 0;          // of what is left, over what the noise explains: 1 for a good fit
  double curve_rms = 0, curve_most = 0;    // of the mean curve against the fitted device without noise, over the range
  std::vector<std::vector<double>> curve;  // that device's conductance beside each reading of each record, siemens
};

/// Fits one response: maximum likelihood of all readings (fit_steps), then the preset of it (fitted_preset).
/// InputError, one line, when the recording is too short.
PulseFit fit_response(const PulseRecords& records, Response response, const ConductanceRange& range);

/// Every response that can be fitted, the best (lowest AICc) first; after them those whose likelihood is no number, and
/// unusable ones last.
std::vector<PulseFit> fit_responses(const PulseRecords& records, const ConductanceRange& range);

/// Mean and deviation of the step at states that the recording visits evenly often, from the readings alone, whatever
/// the response; `read_noise` in siemens is taken out of the deviation. States and steps in siemens.
StepTable measured_steps(const PulseRecords& records, double read_noise);

/// The responses that a recording can be fitted with.
const std::vector<Response>& fitted_responses();

}  // namespace settle
