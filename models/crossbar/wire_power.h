// The power of a read of a crossbar whose wires have resistance, by where it goes.
#pragma once

#include "settle/models/crossbar/wires.h"

namespace settle {

/// Watts. The sources of the word lines supply what devices and wires dissipate; sense amplifiers, at 0 V, take none.
struct WirePower {
  double supply = 0;
  double devices = 0;
  double word_lines = 0;  // their sources' resistance included
  double bit_lines = 0;   // their sense amplifiers' resistance included
};

/// The power at voltages v on the word lines (rows volts). conductance: rows x cols, siemens, as WireSolver takes it,
/// and its errors. Right to 1e-9 of the power in the devices.
WirePower wire_power(const Matrix<double>& conductance, const Wires& wires, const Vector<double>& v);

}  // namespace settle
