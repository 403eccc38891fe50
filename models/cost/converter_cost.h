// Converters: ADCs and DACs.
#pragma once

#include <cmath>
#include <vector>

#include "models/cost/action.h"
#include "models/cost/chip_spec.h"
#include "models/parameter.h"

namespace settle {
namespace action {

inline const Action input_conversion{"input conversion", "conversions",
                                     "cost.dac_capacitance_f, cost.dac_activity, chip.supply_v",
                                     "capacitive DAC, C V^2 activity; 256 fF an estimate"};
inline const Action output_conversion{
    "output conversion", "conversions", "cost.adc_energy_per_step_j, converter.adc_bits",
    "FoM 2^bits; Murmann's ADC survey, 55 SAR ADCs since 2019: 6.4 / 28 / 151 fJ a step"};

}  // namespace action

struct ConverterCost {
  Estimate adc_energy_per_step_j = {6.4e-15, 28e-15, 151e-15};
  Estimate adc_area_um2 = {1300, 2600, 5200};
  Estimate dac_capacitance_f = {128e-15, 256e-15, 512e-15};
  double dac_activity = 0.5;
  Estimate dac_area_um2 = {100, 500, 2000};

  static std::vector<const Action*> actions() { return {&action::input_conversion, &action::output_conversion}; }
};

inline Parameters parameters(ConverterCost& s) {
  return {{"adc_energy_per_step_j", estimate(s.adc_energy_per_step_j),
           "ADC, in joules a conversion-step; p10, median, p90 of SAR ADCs since 2019 (Murmann's survey)."},
          {"adc_area_um2", estimate(s.adc_area_um2), "Area of an ADC, in square micrometres."},
          {"dac_capacitance_f", estimate(s.dac_capacitance_f), "Capacitors of a DAC in all, in farads."},
          {"dac_activity", fraction(s.dac_activity), "Share of a DAC's capacitance that switches."},
          {"dac_area_um2", estimate(s.dac_area_um2), "Area of a DAC, in square micrometres."}};
}

/// The bits that a converter's energy is charged for, and to which phases settle for it: an exact one (0 bits) counts
/// as one of 8 bits.
inline int charged_bits(int bits) { return bits > 0 ? bits : 8; }

/// One conversion of a capacitive DAC: C V_dd^2 activity.
inline Estimate dac_conversion_j(const ChipSpec& chip, const ConverterCost& cost) {
  return cost.dac_capacitance_f * (chip.supply_v * chip.supply_v * cost.dac_activity);
}

/// One conversion of an ADC: FoM 2^bits.
inline Estimate adc_conversion_j(const ConverterCost& cost, int bits) {
  return cost.adc_energy_per_step_j * std::exp2(charged_bits(bits));
}

}  // namespace settle
