// A save file for GTKWave: the signals of a trace arranged, analog ones as curves, zoomed to show all of it.
#pragma once

#include <string>
#include <vector>

#include "hw/probes.h"

namespace settle {

/// `waveform`: the file name of the VCD or FST, beside which the save file lies. `length_fs`: what to zoom to.
std::string gtkw(const std::string& waveform, const std::vector<hw::Signal>& signals, double length_fs);

}  // namespace settle
