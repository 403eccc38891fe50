// What the chip's parts cost in area and energy, and nothing else depends on. Estimates of this project unless the
// table of costs.cpp says otherwise.
#pragma once

#include "models/parameter.h"

namespace settle {

/// The section [cost].
struct CostSpec {
  Estimate cell_area_f2 = {4, 12, 30};  // in squares of the node
  Estimate neuron_area_um2 = {30, 100, 500};
  Estimate hold_current_a = {1e-6, 2e-6, 4e-6};  // of the difference amplifier while on
  Estimate hold_area_um2 = {50, 200, 1000};
  Estimate adc_energy_per_step_j = {6.4e-15, 28e-15, 151e-15};
  Estimate adc_area_um2 = {1300, 2600, 5200};
  Estimate dac_capacitance_f = {128e-15, 256e-15, 512e-15};
  double dac_activity = 0.5;
  Estimate dac_area_um2 = {100, 500, 2000};
};

inline Parameters parameters(CostSpec& s) {
  return {{"cell_area_f2", estimate(s.cell_area_f2), "Area of a cell, in squares of the node."},
          {"neuron_area_um2", estimate(s.neuron_area_um2), "Area of a neuron, in square micrometres."},
          {"hold_current_a", estimate(s.hold_current_a), "Difference amplifier while on, in amperes."},
          {"hold_area_um2", estimate(s.hold_area_um2),
           "Area of a sample-and-hold with its difference amplifier, in square micrometres."},
          {"adc_energy_per_step_j", estimate(s.adc_energy_per_step_j),
           "ADC, in joules a conversion-step; p10, median, p90 of SAR ADCs since 2019 (Murmann's survey)."},
          {"adc_area_um2", estimate(s.adc_area_um2), "Area of an ADC, in square micrometres."},
          {"dac_capacitance_f", estimate(s.dac_capacitance_f), "Capacitors of a DAC in all, in farads."},
          {"dac_activity", fraction(s.dac_activity), "Share of a DAC's capacitance that switches."},
          {"dac_area_um2", estimate(s.dac_area_um2), "Area of a DAC, in square micrometres."}};
}

}  // namespace settle
