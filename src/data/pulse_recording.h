// Pulse recordings as laboratories publish them: CSV files with a column of conductance after each pulse.
#pragma once

#include <string>
#include <vector>

#include "settle/models/device/pulse_record.h"

namespace settle {

/// Reads files of any of these layouts (heading.h has the names of columns):
/// - one row a reading: conductance (or resistance, or current at `read_v`), and where there are columns of them the
///   device, the cycle, and the direction of the pulse before it (up or down, SET or RESET, LTP or LTD, or a pulse
///   voltage with its sign);
/// - one column a device or cycle: conductance1, device 2, cycle 3;
/// - one column for pulses up and one for pulses down (LTP, LTD).
/// Units are those of the header: "G (uS)", resistance_kohm, current_na; siemens where it has none. Directions that the
/// file does not tell are found from where the conductance turns by half of its range. A file without a column of
/// devices is one device. `read_v`: in volts, 0: not known.
///
/// Throws InputError, one line with file, line and what is wrong: also for a conductance that no device has, and for a
/// file that is named twice.
PulseRecords read_pulse_recordings(const std::vector<std::string>& paths, double read_v);

/// The directions of the pulses before each of these readings: where they turn by half of their range. Where the turns
/// are about evenly far apart, and that many pulses are the whole, they are taken as even.
std::vector<int> directions_of(const std::vector<double>& siemens);

}  // namespace settle
