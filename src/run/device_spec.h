// The configuration as the specification of arrays: devices, and how weights lie on them.
#pragma once

#include "settle/models/crossbar/crossbar.h"
#include "src/config/configuration.h"

namespace settle {

/// The array of a configuration: the preset with the numbers that are replaced, tiles, wires and mapping.
/// weight_at_bound is in units of a projection's Glorot limit. Throws InputError when keys, preset and table do not
/// agree.
ArraySpec build_crossbar(const Configuration& c);

}  // namespace settle
