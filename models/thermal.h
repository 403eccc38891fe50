// What temperature means to a transistor.
#pragma once

#include <cmath>

namespace settle {

/// k T / q, in volts.
inline double thermal_voltage(double temperature_k) { return 1.380649e-23 / 1.602176634e-19 * temperature_k; }

/// sqrt(k T / C): the rms noise of the voltage on a capacitor (Johnson and Nyquist, 1928), in volts.
inline double thermal_noise_v(double temperature_k, double capacitance_f) {
  return std::sqrt(1.380649e-23 * temperature_k / capacitance_f);
}

}  // namespace settle
