// What temperature means to a transistor.
#pragma once

#include <cmath>

namespace settle {

/// k T / q, in volts.
inline double thermal_voltage(double temperature_k) { return 1.380649e-23 / 1.602176634e-19 * temperature_k; }

/// sqrt(k T / C), the rms of what a switch leaves on a capacitor when it opens, in volts.
inline double capacitor_noise_v(double capacitance_f, double temperature_k) {
  return std::sqrt(1.380649e-23 * temperature_k / capacitance_f);
}

}  // namespace settle
