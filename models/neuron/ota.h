// A subthreshold operational transconductance amplifier: I = I_b tanh(kappa V / 2 U_T), U_T = k T / q.
//
// With V = v_full h (h the drive, in fractions of full scale) and s = I / I_b that is tanh with the gain below: an OTA
// needs no kernel of its own. Mismatch of its threshold is the bank's offset, that of its bias current the amplitude.
#pragma once

#include "settle/models/thermal.h"

namespace settle {

/// kappa v_full / 2 U_T: the argument of the tanh for a drive of one, which is full_scale_v. kappa is the gate's
/// coupling to the channel (about 0.7).
inline double ota_gain(double kappa, double full_scale_v, double temperature_k) {
  return kappa * full_scale_v / (2 * thermal_voltage(temperature_k));
}

}  // namespace settle
