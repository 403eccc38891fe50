// The whole machine in SystemC: chip and host. One to a process, as SystemC elaborates once.
#pragma once

#include <utility>

#include "settle/hw/chip_module.h"
#include "settle/hw/host_module.h"

namespace settle::hw {

struct System {
  ChipModule chip_module;
  HostModule host_module;
  Chip& chip = chip_module.chip;
  Host& host = host_module.host;

  System(const ChipDesign& design, const HostSpec& host_spec, HostModule::Programme programme)
      : chip_module("chip", design), host_module("host", host_spec, chip_module.chip, std::move(programme)) {}
  System(const System&) = delete;

  /// Runs the host's programme to its end; throws what it threw.
  void run() {
    sc_core::sc_start();
    host_module.rethrow();
  }
};

}  // namespace settle::hw
