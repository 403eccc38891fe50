// A save file for GTKWave: the signals of a trace arranged, analog ones as curves, zoomed to show all of it.
#pragma once

#include <string>
#include <vector>

#include "settle/hw/signals.h"

namespace settle::hw {

/// The text of the save file `name`, which lies beside `waveform`, the file name of the VCD or FST. Zoomed from
/// `first_fs` to `last_fs`.
std::string gtkw(const std::string& name, const std::string& waveform, const std::vector<Signal>& signals,
                 double first_fs, double last_fs);

}  // namespace settle::hw
