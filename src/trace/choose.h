// The choice of a chip's signals that a waveform shows.
#pragma once

#include <string>
#include <vector>

#include "settle/hw/signals.h"

namespace settle {

/// The signals whose names match any of the globs, in the order of the families: among the first `lines` members of
/// each family, or first lines x lines cells, and families on request only where the glob's part after the dot begins
/// as they do ("*.g*"). A glob without wildcards is a name and finds any member. InputError, naming the globs as
/// trace.signals, when a member does not exist or a glob matches nothing.
std::vector<hw::Signal> choose_signals(const std::vector<hw::SignalFamily>& families,
                                       const std::vector<std::string>& globs, Index lines);

}  // namespace settle
