// Synaptic devices: what a population of them is like, and the table of presets with their sources.
#pragma once

#include <string>
#include <vector>

#include "models/cost/estimate.h"

namespace settle {

/// How far one pulse moves a device whose step is s and whose state is w (normalised).
enum class Response {
  exact,        // any change, without pulses or bounds: mathematics, not a device
  constant,     // s
  linear,       // up s (1 - gamma_up w / w_max), down s (1 - gamma_down w / w_min), nominal bounds
  soft_bounds,  // linear with gamma 1 and the device's own bounds
  exponential   // z = 2 a w / (w_max - w_min) + b; up s max(1 - A_up e^(gamma_up z), 0), down with e^(-gamma_down z)
};

const char* name(Response response);

/// States are normalised: a device's nominal range is [w_min, w_max]. "dtod" is the spread from device to device,
/// drawn once; "ctoc" from pulse to pulse, in units of the device's step.
struct DevicePreset {
  std::string name;
  Response response = Response::exact;
  double dw_min = 0;  // mean step
  double dtod = 0;    // of the step
  bool dtod_lognormal = false;
  double ctoc = 0;
  double w_max = 1, w_min = -1;
  double w_max_dtod = 0, w_min_dtod = 0;
  double bias = 0, bias_dtod = 0;  // up against down
  double gamma_up = 0, gamma_down = 0, gamma_dtod = 0;
  double a_up = 0, a_down = 0;       // A of the exponential response
  double z_slope = 0, z_offset = 0;  // its a and b
  Estimate pulse_v = exactly(0);
  Estimate pulse_s = exactly(0);
  std::string source;        // of the response
  std::string pulse_source;  // of the pulse
};

const std::vector<DevicePreset>& device_presets();

/// The one with this name (std::logic_error when there is none: names are checked where they are read).
const DevicePreset& device_preset(const std::string& name);

}  // namespace settle
