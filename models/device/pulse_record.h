// What was read of a device while it was pulsed.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// One device's readings in a row: the conductance after each pulse, in siemens, and the direction of the pulse before
/// each reading, 1 up or -1 down (that of the first one does not matter). A device has several records where it was
/// set anew in between.
struct PulseRecord {
  std::string device;
  std::vector<double> siemens;
  std::vector<int> direction;
};

/// All records of a measurement.
using PulseRecords = std::vector<PulseRecord>;

}  // namespace settle
