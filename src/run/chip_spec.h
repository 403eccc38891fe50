// The configuration as the specification of a chip.
#pragma once

#include "settle/models/learning/host.h"
#include "src/config/configuration.h"
#include "src/config/network_graph.h"

namespace settle {

/// InputError where this machine has too little memory for it (expect_to_fit).
ChipDesign build_chip(const Configuration& c, Index inputs, Index outputs);
/// The host of a run that has so many samples in all.
HostSpec build_host(const Configuration& c, Index samples = 0);

}  // namespace settle
