// Devices for tests: every preset that takes pulses, and an example of each response that no preset has.
#pragma once

#include <vector>

#include "settle/models/device/preset.h"

namespace settle::test {

inline DevicePreset power_device() {
  DevicePreset p = device_preset("ecram");
  p.name = "power";
  p.response = Response::power;
  p.gamma_up = 1.3;
  p.gamma_down = 0.7;
  p.gamma_dtod = 0;  // of linear responses
  p.bias_dtod = 0.1;
  return p;
}

// A made-up measurement: steps that fall towards either end, noisier at one of them.
inline DevicePreset table_device() {
  DevicePreset p = device_preset("ecram");
  p.name = "table";
  p.response = Response::table;
  p.table.up = {{-0.8, -0.4, 0, 0.5, 1.1}, {0.004, 0.003, 0.0026, 0.002, 0.001}, {0.001, 0.001, 0.0012, 0.002, 0.002}};
  p.table.down = {{-0.8, -0.2, 1.1}, {0.0012, 0.0025, 0.0031}, {0.0005, 0.0008, 0.0008}};
  p.dw_min = mean_step(p.table, 0);
  return p;
}

inline std::vector<DevicePreset> every_response() {
  std::vector<DevicePreset> devices = {power_device(), table_device()};
  for (const DevicePreset& p : device_presets())
    if (p.response != Response::exact) devices.push_back(p);
  return devices;
}

inline DevicePreset without_cycle_noise(DevicePreset p) {
  p.ctoc = 0;
  for (MeasuredSteps* steps : {&p.table.up, &p.table.down}) steps->deviation.assign(steps->deviation.size(), 0.0);
  return p;
}

/// The nominal device: no spread from device to device, no faults.
inline DevicePreset without_spread(DevicePreset p) {
  p.dtod = p.w_max_dtod = p.w_min_dtod = p.bias_dtod = p.gamma_dtod = 0;
  p.stuck_on = p.stuck_off = p.dead = p.endurance = 0;
  return p;
}

}  // namespace settle::test
