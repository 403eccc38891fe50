// A save file for GTKWave: the signals of a trace arranged, analog ones as curves, zoomed to show all of it.
#pragma once

#include <string>
#include <vector>

#include "settle/hw/probes.h"

namespace settle {

/// The save file's name.
constexpr const char* gtkw_file = "trace.gtkw";

/// `waveform`: the file name of the VCD or FST, beside which the save file lies. Zoomed from `first_fs` to `last_fs`.
std::string gtkw(const std::string& waveform, const std::vector<hw::Signal>& signals, double first_fs, double last_fs);

}  // namespace settle
