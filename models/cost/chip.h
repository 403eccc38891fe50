// The reference chip: what it is made of, in SI units, each figure with its uncertainty where it has one.
// Estimates of this project unless the table of costs.cpp says otherwise.
#pragma once

#include <cstdint>

#include "models/cost/estimate.h"

namespace settle {

struct ChipSpec {
  std::int64_t node = 32;  // nm
  double supply_v = 0.9;
  double temperature_k = 300;
  Estimate read_v = {0.1, 0.2, 0.4};                         // of a full-scale state on a line
  Estimate wire_capacitance_f = {0.03e-15, 0.2e-15, 2e-15};  // of one cell's segment
  Estimate cell_area_f2 = {4, 12, 30};                       // in squares of the node
  Estimate neuron_capacitance_f = {20e-15, 100e-15, 1000e-15};
  double neuron_full_scale_v = 0.4;  // of a state of 1
  Estimate neuron_area_um2 = {30, 100, 500};
  Estimate hold_capacitance_f = {50e-15, 100e-15, 200e-15};
  Estimate hold_current_a = {1e-6, 2e-6, 4e-6};  // of the difference amplifier while on
  Estimate hold_area_um2 = {50, 200, 1000};
  Estimate adc_energy_per_step_j = {6.4e-15, 28e-15, 151e-15};
  double adc_rate_hz = 100e6;
  std::int64_t adc_columns = 8;  // columns that share one ADC
  Estimate adc_area_um2 = {1300, 2600, 5200};
  Estimate dac_capacitance_f = {128e-15, 256e-15, 512e-15};
  double dac_activity = 0.5;
  double dac_rate_hz = 1e9;
  Estimate dac_area_um2 = {100, 500, 2000};
  double host_clock_hz = 500e6;
  std::int64_t host_lanes = 64;
};

}  // namespace settle
