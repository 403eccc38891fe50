// The whole machine: power meter, substrate and host, wired up. One to a process, as SystemC elaborates once.
#pragma once

#include "hw/host_controller.h"
#include "hw/power_meter.h"
#include "hw/sim_time.h"
#include "hw/substrate.h"

namespace settle::hw {

struct Chip {
  PowerMeter meter;
  Substrate substrate;
  HostController host;

  Chip(const SubstrateSpec& spec, const HostSpec& host_spec, HostController::Programme programme)
      : meter("meter", spec.chip, spec.cost),
        substrate("substrate", spec),
        host("host", host_spec, substrate.spec().graph, std::move(programme)) {
    substrate.meter(meter);
    host.meter(meter);
    host.substrate(substrate);
  }

  /// Runs the host's programme to its end; throws what it threw.
  void run() {
    sc_core::sc_start();
    host.rethrow();
  }
};

}  // namespace settle::hw
