// What temperature means to a transistor.
#pragma once

namespace settle {

/// k T / q, in volts.
inline double thermal_voltage(double temperature_k) { return 1.380649e-23 / 1.602176634e-19 * temperature_k; }

}  // namespace settle
