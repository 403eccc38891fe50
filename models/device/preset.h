// Synaptic devices: what a population of them is like, and the table of presets with their sources.
#pragma once

#include <string>
#include <vector>

#include "settle/models/cost/estimate.h"
#include "settle/models/device/step_table.h"

namespace settle {

/// The law by which one pulse moves a device whose step is s and whose state is w (normalised).
enum class Response {
  exact,        // any change, without pulses or bounds: mathematics, not a device
  constant,     // s
  linear,       // up s (1 - gamma_up w / w_max), down s (1 - gamma_down w / w_min), nominal bounds
  soft_bounds,  // linear with gamma 1 and the device's own bounds
  exponential,  // z = 2 a w / (w_max - w_min) + b; up s max(1 - A_up e^(gamma_up z), 0), down with e^(-gamma_down z)
  power,        // up s ((w_max - w) / range)^gamma_up, down s ((w - w_min) / range)^gamma_down; the device's own bounds
  table         // measured mean and standard deviation of a step, interpolated over the state
};

/// Its name in a configuration.
const char* name(Response response);

/// What a pulse's energy is spent on.
enum class Written {
  channel,  // the device's own conductance: V^2 G t, from the state on the way (RRAM, PCM)
  gate      // the charge of a gate: C V^2, whatever the channel conducts (ECRAM, capacitor cells)
};
const char* name(Written written);

/// A population of devices. States are normalised: a device's nominal range is [w_min, w_max]. "dtod" is the spread
/// from device to device, drawn once; "ctoc" from pulse to pulse, in units of the device's step. Every number is a row
/// of device_parameters(), which says what it means; numbers that a response does not use stay zero.
///
/// The noise of one pulse has the deviation ctoc (|step| + ctoc_add + ctoc_slope |w|), or, where it does not shrink
/// with the step, the step at full response in place of |step| (ctoc_shrinks = 0).
struct DevicePreset {
  std::string name;
  Response response = Response::exact;
  StepTable table;  // of the response `table`

  double dw_min = 0;          // mean step
  double dtod = 0;            // spread of the step
  double dtod_lognormal = 0;  // 1: the spread is of the step's logarithm
  double ctoc = 0;
  double ctoc_shrinks = 1;              // 0: the noise is ctoc times the step at full response in every state
  double ctoc_add = 0, ctoc_slope = 0;  // what adds to it: everywhere, and in proportion to |state|
  double write_noise = 0;               // of what is read, from one pulse to the next, in units of dw_min
  double w_max = 1, w_min = -1;
  double w_max_dtod = 0, w_min_dtod = 0;
  double ends_at_nominal = 0;      // 1: soft bounds slow a device down to the nominal bounds, not to its own
  double bias = 0, bias_dtod = 0;  // of steps up against steps down
  double gamma_up = 0, gamma_down = 0, gamma_dtod = 0;
  double a_up = 0, a_down = 0;       // A of the exponential response
  double z_slope = 0, z_offset = 0;  // its a and b
  double floor = -1e30;              // no bound lies lower: whoever maps states on conductances says where those end
  double one_sided = 0;              // 1: pulses move it up alone; down is a reset
  double reset = 0, reset_dtod = 0;  // where a reset leaves it, above its lower bound
  double reference_error = 0;        // of fixed cells that it is compared with, in units of w_max

  // Numbers of reads.
  double read_noise = 0;
  double flicker = 0, flicker_exponent = 0, flicker_most = 1, flicker_time_s = 250e-9;
  double levels = 0;
  double iv_v = 0;
  double per_kelvin = 0;  // of the conductance, relative, from 300 K

  // Numbers of drift and leakage in time.
  double drift_nu = 0, drift_slope = 0, drift_nu_low = 0, drift_nu_high = 1, drift_dtod = 0, drift_time_s = 20;
  double drift_spread = 0, drift_spread_slope = 0, drift_spread_low = 0, drift_spread_high = 1;
  double leak_time_s = 0;

  // Numbers of faults.
  double stuck_on = 0, stuck_off = 0, dead = 0;
  double endurance = 0, endurance_dtod = 0;

  // Pulses. Every estimate is a row of device_estimates().
  Written written = Written::channel;
  Estimate pulse_v = exactly(0);
  Estimate pulse_s = exactly(0);
  Estimate gate_capacitance_f = exactly(0);  // of a device that is written by its gate
  std::string source;                        // of the response
  std::string pulse_source;                  // of the pulse
  std::string notes;                         // what else is known, such as where a figure is not the source's
};

/// One number of a preset, as a user can read and set it.
struct DeviceParameter {
  std::string name;
  double DevicePreset::*member;
  double low, high;     // allowed values, both included
  std::string meaning;  // one sentence, with the unit
};

/// All that there are.
const std::vector<DeviceParameter>& device_parameters();

/// One estimate of a preset.
struct DeviceEstimate {
  std::string name;
  Estimate DevicePreset::*member;
  double low, high;     // allowed values, both included
  std::string meaning;  // one sentence, with the unit
};

/// All that there are.
const std::vector<DeviceEstimate>& device_estimates();

/// InputError, with the number's name, for one that is not finite, negative where no row allows that, a share above
/// one, or a lower bound that is not below the upper one. What a user states has narrower ranges, those of the rows.
void check(const DevicePreset& preset);

/// All that there are.
const std::vector<DevicePreset>& device_presets();

/// The preset of that name (InputError, which lists them, when there is none).
const DevicePreset& device_preset(const std::string& name);

}  // namespace settle
