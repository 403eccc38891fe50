// The inner loop of Retention: what drift and 1/f noise have made of devices.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// The laws of Retention with their numbers, in siemens.
struct AgingLaw {
  float highest;  // conductance that shares are of
  float nu, nu_slope, nu_low, nu_high, nu_dtod;
  float spread, spread_slope, spread_low, spread_high;  // all zero where there is none
  float flicker, flicker_exponent, flicker_most;
};

/// What differs from device to device. Either law has no effect where its pointers are null.
struct DeviceAges {
  const float* drift_ages;    // t / t0 of drift; up to 1 nothing has drifted
  const float* drift_xi;      // of nu
  const float* flicker_ages;  // (t - tr) / 2 tr of 1/f noise; up to 0 there is none
  const float* flicker_xi;
};

/// conductance (siemens, in place) <- that of `count` devices of these ages. In single precision: within 4e-6 of the
/// conductance.
void age_devices(const AgingLaw& law, const DeviceAges& ages, Index count, float* conductance);

}  // namespace settle
