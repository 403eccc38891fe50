// Thermal voltage and thermal noise.
#pragma once

#include <cmath>

namespace settle {

/// Whether a node has the noise of its capacitance, of variance k T / C.
enum class ThermalNoise { none, capacitor };

/// k T / q, in volts.
inline double thermal_voltage(double temperature_k) { return 1.380649e-23 / 1.602176634e-19 * temperature_k; }

/// sqrt(k T / C), in volts: the rms noise of a capacitor, and of what a switch leaves on it when it opens.
inline double capacitor_noise_v(double capacitance_f, double temperature_k) {
  return std::sqrt(1.380649e-23 * temperature_k / capacitance_f);
}

}  // namespace settle
