// Thermal voltage and thermal noise.
#pragma once

#include <cmath>

namespace settle {

constexpr double boltzmann = 1.380649e-23;             // joules per kelvin
constexpr double elementary_charge = 1.602176634e-19;  // coulombs

/// Whether a node has the noise of its capacitance, of variance k T / C.
enum class ThermalNoise { none, capacitor };

/// k T / q, in volts.
inline double thermal_voltage(double temperature_k) { return boltzmann / elementary_charge * temperature_k; }

/// sqrt(k T / C), in volts: the rms noise of a capacitor, and of what a switch leaves on it when it opens.
inline double capacitor_noise_v(double capacitance_f, double temperature_k) {
  return std::sqrt(boltzmann * temperature_k / capacitance_f);
}

/// 4 k T G, in A^2/Hz, one-sided: Johnson noise of a conductance.
inline double johnson_a2_per_hz(double siemens, double temperature_k) {
  return 4 * boltzmann * temperature_k * siemens;
}

/// The noise bandwidth of a lag: white noise of S per hertz that passes it has the variance S / (4 tau).
inline double noise_bandwidth_hz(double tau_s) { return 1 / (4 * tau_s); }

}  // namespace settle
