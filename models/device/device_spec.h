// The synaptic device: a preset, and what it conducts.
#pragma once

#include "settle/models/device/preset.h"
#include "settle/models/parameter.h"

namespace settle {

/// The section [device]: a preset, and numbers in place of its own.
struct DeviceSpec {
  std::string preset = "ideal";
  double weight_range = 5;  // the weight at the device's upper bound, in Glorot limits
  double conductance_min_siemens = 0.5e-6;
  double conductance_max_siemens = 25e-6;
  std::string file;                       // device file (TOML) in place of a preset; empty: the preset
  std::string table;                      // CSV file of a measured response; empty: the preset's response
  std::map<std::string, double> replace;  // numbers of the preset, by name
  std::string written = "preset";         // how a pulse writes
  std::map<std::string, Estimate> replace_estimates;
};

inline Parameters parameters(DeviceSpec& s) {
  Parameters rows = {
      {"preset", text(s.preset, names_of(device_presets())), "Synaptic device; `settle presets` lists them."},
      {"weight_range", from(1e-6, s.weight_range, 1000),
       "Weight at the device's upper bound, in limits of the Glorot distribution."},
      {"conductance_min_siemens", from(1e-12, s.conductance_min_siemens, 1),
       "Lowest conductance, in siemens. Published arrays: 0.5e-6 to 1e-6."},
      {"conductance_max_siemens", from(1e-12, s.conductance_max_siemens, 1),
       "Highest conductance, in siemens. Published arrays: 25e-6 (PCM, 2020), 39e-6 (RRAM, 2022)."},
      {"file", path(s.file),
       "Device file, such as `settle fit` writes, in place of a preset; empty: the preset (docs/devices.md)."},
      {"table", path(s.table),
       "CSV file of measured steps (polarity,state_siemens,mean_siemens,deviation_siemens); empty: the "
       "preset's response."}};
  for (const DeviceParameter& p : device_parameters())
    rows.push_back({p.name, ReplacingValue{&s.replace, p.name, p.low, p.high}, p.meaning});
  rows.push_back({"written", text(s.written, {"preset", name(Written::channel), name(Written::gate)}),
                  "What a write pulse's energy goes to: the channel (V^2 G t) or a gate (C V^2)."});
  for (const DeviceEstimate& p : device_estimates())
    rows.push_back({p.name, ReplacingEstimateValue{&s.replace_estimates, p.name, p.low, p.high}, p.meaning});
  return rows;
}

}  // namespace settle
