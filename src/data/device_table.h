// A user's own device: a CSV file of measured pulse steps.
#pragma once

#include <string>

#include "settle/models/device/step_table.h"

namespace settle {

/// The content of a file of measured steps: the table over the normalised state (-1 at the lowest conductance of the
/// file, 1 at the highest), and those conductances, in siemens.
struct MeasuredDevice {
  StepTable steps;
  double conductance_min_siemens = 0, conductance_max_siemens = 0;
};

/// Reads a CSV file with the columns polarity (up or down), state_siemens, mean_siemens and deviation_siemens: the
/// conductance before a pulse, and the mean and standard deviation of the step that the pulse makes; a row for each
/// state that was measured. Columns may have other usual names (heading.h) and say another unit, such as state_us: one
/// without a unit is in siemens, or in that of the states. Throws InputError, one line with file, line and what is
/// wrong.
MeasuredDevice read_device_table(const std::string& path);

/// The same file, with its states and steps in siemens.
StepTable read_step_table(const std::string& path);

/// The same of `text`, as what the file at `path` is to hold.
StepTable step_table_of(const std::string& text, const std::string& path);

}  // namespace settle
