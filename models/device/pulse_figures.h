// The uncertain figures of a device's pulses, by the keys under which actions depend on them (write_cost.h).
#pragma once

#include "settle/models/cost/figures.h"
#include "settle/models/device/preset.h"

namespace settle {

/// None for an exact device, which has no pulses.
inline void add_pulse_figures(Figures& figures, const DevicePreset& device) {
  if (device.response == Response::exact) return;
  figures.add("device.pulse_v", {device.pulse_v, Provenance{"V", device.pulse_source, Evidence::estimated}});
  figures.add("device.pulse_s", {device.pulse_s, Provenance{"s", device.pulse_source, Evidence::estimated}});
  if (device.written == Written::gate)
    figures.add("device.gate_capacitance_f",
                {device.gate_capacitance_f, Provenance{"F a gate", device.pulse_source, Evidence::estimated}});
}

}  // namespace settle
