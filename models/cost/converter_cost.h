// Converters: ADCs and DACs.
#pragma once

#include <cmath>
#include <vector>

#include "models/cost/action.h"
#include "models/cost/chip_spec.h"
#include "models/cost/energy.h"
#include "models/parameter.h"

namespace settle {
namespace action {

inline const Action input_conversion{"input conversion",
                                     "conversions",
                                     Rail::analog,
                                     {{"cost.dac_capacitance_f", 1}},
                                     "capacitive DAC, C V^2 activity; 256 fF an estimate"};
inline const Action output_conversion{"output conversion",
                                      "conversions",
                                      Rail::analog,
                                      {{"cost.adc_energy_per_step_j", 1}},
                                      "FoM 2^bits; Murmann's ADC survey, 2025-06, 65 SAR ADCs since 2019: 3.1 / 26.2 / "
                                      "149 fJ a step"};

}  // namespace action

struct ConverterCost {
  Estimate adc_energy_per_step_j = {3.1e-15, 26.2e-15, 149e-15};
  Estimate adc_area_um2 = {1300, 2600, 5200};
  Estimate dac_capacitance_f = {128e-15, 256e-15, 512e-15};
  double dac_activity = 0.5;
  Estimate dac_area_um2 = {100, 500, 2000};

  static std::vector<const Action*> actions() { return {&action::input_conversion, &action::output_conversion}; }
};

inline Parameters parameters(ConverterCost& s) {
  return {{"adc_energy_per_step_j",
           estimate(s.adc_energy_per_step_j,
                    {"J a conversion-step",
                     "Murmann's ADC survey, 2025-06: Walden's figure of merit of 65 Nyquist SAR ADCs since 2019, p10, "
                     "median, p90, of all nodes and supplies",
                     Evidence::survey}),
           "ADC, in joules a conversion-step; p10, median, p90 of SAR ADCs since 2019 (Murmann's survey)."},
          {"adc_area_um2",
           estimate(s.adc_area_um2, {"um^2",
                                     "a public macro model's ADC; low and high, half and twice of it, are estimates of "
                                     "this project. ISAAC's 8 bits take 1,200; of 32 parts at 28 to 32 nm in "
                                     "Murmann's survey the smallest takes 1,500, and p10, median, p90 take 4,030, "
                                     "39,000, 450,000",
                                     Evidence::published_model, 32}),
           "Area of an ADC, in square micrometres."},
          {"dac_capacitance_f",
           estimate(s.dac_capacitance_f, {"F", "estimate of this project for 8 bits", Evidence::estimated}),
           "Capacitors of a DAC in all, in farads."},
          {"dac_activity", fraction(s.dac_activity), "Share of a DAC's capacitance that switches."},
          {"dac_area_um2", estimate(s.dac_area_um2, {"um^2", "estimate of this project", Evidence::estimated, 32}),
           "Area of a DAC, in square micrometres."}};
}

/// The bits that a converter's energy is charged for, and to which phases settle for it: an exact one (0 bits) counts
/// as one of 8 bits.
inline int charged_bits(int bits) { return bits > 0 ? bits : 8; }

/// One conversion of a capacitive DAC: C V_dd^2 activity.
inline Energy dac_conversion_j(const ChipSpec& chip, const ConverterCost& cost) {
  return heat(cost.dac_capacitance_f[1] * chip.supply_v * chip.supply_v * cost.dac_activity);
}

/// One conversion of an ADC: FoM 2^bits.
inline Energy adc_conversion_j(const ConverterCost& cost, int bits) {
  return heat(cost.adc_energy_per_step_j[1] * std::exp2(charged_bits(bits)));
}

}  // namespace settle
