// From the configuration to the specification of the chip.
#pragma once

#include "hw/chip.h"
#include "src/config/configuration.h"
#include "src/config/network_graph.h"

namespace settle {

hw::SubstrateSpec build_substrate(const Configuration& c, Index inputs, Index outputs);
hw::HostSpec build_host(const Configuration& c);

}  // namespace settle
