// The laws of `Response`, by which one pulse moves a device: as one scalar function, and as numbers for the kernels.
#pragma once

#include "settle/models/device/preset.h"
#include "settle/models/device/step_grid.h"

namespace settle {

/// Mean size of one pulse's step, up (rising) or down, of a device without spread at this state, before it is clipped
/// to the bounds. Not for the exact response (std::logic_error). The kernels compute the same.
double nominal_step(const DevicePreset& preset, double state, bool rising);
/// The largest of these in the nominal range.
double largest_nominal_step(const DevicePreset& preset, bool rising);
/// The standard deviation of that step from pulse to pulse.
double nominal_noise(const DevicePreset& preset, double state, bool rising);

/// The divisor in laws that divide by a bound: the bound, but no less than a millionth of the nominal range, so that a
/// device whose bound is zero is the limit of those whose bounds are near.
double divisor(const DevicePreset& preset, double bound, bool upper);

/// A population's law, without what differs from device to device, in units of the normalised state.
struct ResponseLaw {
  Response response;
  float ctoc, ctoc_full;         // noise in units of the step, and of the step at full response
  float noise_add, noise_slope;  // noise besides: everywhere, and in proportion to |state|
  float a_up, a_down, gamma_up, gamma_down;
  float z_slope, z_offset;  // z = z_slope w + z_offset

  StepGrid table;  // of the response `table`
};

/// InputError for a table that is none (check).
ResponseLaw response_law(const DevicePreset& preset);

}  // namespace settle
