// The configuration as the specification of a chip.
#pragma once

#include "models/learning/host.h"
#include "src/config/configuration.h"
#include "src/config/network_graph.h"

namespace settle {

ChipDesign build_chip(const Configuration& c, Index inputs, Index outputs);
HostSpec build_host(const Configuration& c);

}  // namespace settle
