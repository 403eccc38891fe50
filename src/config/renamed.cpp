#include "src/config/renamed.h"

namespace settle {

const std::vector<RenamedKey>& renamed_keys() {
  static const std::vector<RenamedKey> table = {
      {"cost.node", "chip.node"},
      {"cost.supply_v", "chip.supply_v"},
      {"cost.temperature_k", "chip.temperature_k"},
      {"cost.read_v", "chip.read_v"},
      {"cost.wire_capacitance_f", "chip.wire_capacitance_f"},
      {"cost.neuron_capacitance_f", "chip.neuron_capacitance_f"},
      {"cost.neuron_full_scale_v", "chip.neuron_full_scale_v"},
      {"cost.hold_capacitance_f", "chip.hold_capacitance_f"},
      {"cost.adc_rate_hz", "chip.adc_rate_hz"},
      {"cost.adc_columns", "chip.adc_columns"},
      {"cost.dac_rate_hz", "chip.dac_rate_hz"},
      {"cost.host_clock_hz", "chip.host_clock_hz"},
      {"cost.host_lanes", "chip.host_lanes"},
      {"device.conductance_min_s", "device.conductance_min_siemens"},
      {"device.conductance_max_s", "device.conductance_max_siemens"},
  };
  return table;
}

std::string new_name_of(const std::string& name) {
  for (const RenamedKey& key : renamed_keys())
    if (key.before == name) return key.now;
  return "";
}

}  // namespace settle
