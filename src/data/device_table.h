// A user's own device: a CSV file of measured pulse steps.
#pragma once

#include <string>

#include "models/device/step_table.h"

namespace settle {

/// What a file of measured steps holds: the table over the normalised state (-1 at the lowest conductance of the file,
/// 1 at the highest), and those conductances, in siemens.
struct MeasuredDevice {
  StepTable steps;
  double conductance_min_siemens = 0, conductance_max_siemens = 0;
};

/// Reads a CSV file with the columns polarity (up or down), state_siemens, mean_siemens and deviation_siemens (or
/// state_s, mean_s and deviation_s, as they were called before): the conductance before a pulse, and the mean and
/// standard deviation of the size of the step that it makes, in siemens; a row for each state that was measured. Throws
/// InputError, one line with file, line and what is wrong.
MeasuredDevice read_device_table(const std::string& path);

}  // namespace settle
