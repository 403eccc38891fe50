// Converters: ADCs and DACs, with what holds their references.
//
// An ADC of b bits takes energy by two laws that meet between 11 and 12 bits: its comparator, logic and capacitors
// double with each bit (Walden's figure of merit), and what it takes to be quieter than a code quadruples (Schreier's).
// One converter takes a cycle for each bit and one to sample. A higher rate takes several of them in turn, and each
// conversion then takes energy in proportion to the rate, as the survey's best figures of merit rise at high rates.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "settle/models/cost/action.h"
#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/energy.h"
#include "settle/models/parameter.h"

namespace settle {
namespace action {

inline const Action input_conversion{"input conversion",
                                     "conversions",
                                     Rail::analog,
                                     {{"cost.dac_capacitance_f", 1}},
                                     "capacitive DAC, C V^2 activity; 256 fF for 8 bits, an estimate"};
inline const Action dac_reference{"DAC references",
                                  "line phases",
                                  Rail::analog,
                                  {{"cost.dac_reference_a", 1}},
                                  "I V_dd t of each DAC's buffer and its share of the reference, while its line is "
                                  "driven; 1 uA an estimate"};
inline const Action output_conversion{"output conversion",
                                      "conversions",
                                      Rail::analog,
                                      {{"cost.adc_energy_per_step_j", 1}},
                                      "FoM 2^bits; Murmann's ADC survey, 2025-06, 65 SAR ADCs since 2019: 3.1 / 26.2 / "
                                      "149 fJ a step"};
inline const Action thermal_conversion{"output conversion against noise",
                                       "conversions",
                                       Rail::analog,
                                       {{"cost.adc_thermal_step_j", 1}},
                                       "E 4^bits, E = 0.75 J/s over Schreier's figure of merit as a ratio; 168 dB an "
                                       "estimate"};
inline const Action adc_reference{"ADC references",
                                  "conversions",
                                  Rail::analog,
                                  {{"cost.adc_reference_a", 1}},
                                  "I V_dd t of each ADC's reference buffer while its columns are converted; 10 uA an "
                                  "estimate"};

}  // namespace action

struct ConverterCost {
  Estimate adc_energy_per_step_j = {3.1e-15, 26.2e-15, 149e-15};
  Estimate adc_thermal_step_j = {2.4e-18, 1.2e-17, 4.7e-17};  // of a step squared
  Estimate adc_reference_a = {2e-6, 10e-6, 50e-6};
  double adc_cycle_hz = 2e9;
  Estimate adc_area_um2 = {1200, 4030, 39000};               // of 8 bits
  double capacitor_share = 0.5;                              // of the area of a converter of 8 bits
  Estimate dac_capacitance_f = {128e-15, 256e-15, 512e-15};  // of 8 bits
  double dac_activity = 0.5;
  Estimate dac_reference_a = {0.3e-6, 1e-6, 5e-6};
  Estimate dac_area_um2 = {100, 500, 2000};  // of 8 bits

  static std::vector<const Action*> actions() {
    return {&action::input_conversion, &action::dac_reference, &action::output_conversion, &action::thermal_conversion,
            &action::adc_reference};
  }
};

inline Parameters parameters(ConverterCost& s) {
  return {
      {"adc_energy_per_step_j",
       estimate(s.adc_energy_per_step_j,
                {"J a conversion-step",
                 "Murmann's ADC survey, 2025-06: Walden's figure of merit of 65 Nyquist SAR ADCs since 2019, p10, "
                 "median, p90, of all nodes and supplies",
                 Evidence::survey}),
       "ADC, in joules a conversion-step; p10, median, p90 of SAR ADCs since 2019 (Murmann's survey)."},
      {"adc_thermal_step_j",
       estimate(s.adc_thermal_step_j,
                {"J a squared step",
                 "estimate of this project: 0.75 over Schreier's figure of merit, 175, 168 and 162 dB (good ones have "
                 "185); the survey's median of Walden's stands for 163 dB at 9.5 bits with everything",
                 Evidence::estimated, 0, 0, 300}),
       "What an ADC takes to be quieter than a code, in joules for each squared conversion-step: quadruples with a "
       "bit."},
      {"adc_reference_a",
       estimate(s.adc_reference_a,
                {"A", "estimate of this project; published powers of ADCs leave the reference's buffer out as a rule",
                 Evidence::estimated, 32, 0.9, 300}),
       "Reference buffer of an ADC while its columns are converted, in amperes."},
      {"adc_cycle_hz", from(1, s.adc_cycle_hz, 1e12),
       "Cycles a second of one SAR converter, which takes one for each bit and one to sample: 222 MS/s at 8 bits "
       "(estimate of this project). A higher chip.adc_rate_hz takes several converters an ADC, in turn, and energy a "
       "conversion in proportion to it."},
      {"adc_area_um2",
       estimate(s.adc_area_um2,
                {"um^2",
                 "estimate of this project for 8 bits: p10 of 32 parts at 28 to 32 nm in Murmann's survey, 2025-06, as "
                 "a column's converter has no input buffer and no calibration of its own; low: ISAAC's 8 bits, high: "
                 "the survey's median. Its smallest takes 1,500, p90 450,000",
                 Evidence::estimated, 32}),
       "Area of an ADC of 8 bits, in square micrometres."},
      {"capacitor_share", fraction(s.capacitor_share),
       "Share of the area of a converter of 8 bits that is capacitors, which double with each bit; the rest stays "
       "(estimate of this project)."},
      {"dac_capacitance_f",
       estimate(s.dac_capacitance_f,
                {"F", "estimate of this project for 8 bits: 256 units of 1 fF", Evidence::estimated}),
       "Capacitors of a DAC of 8 bits in all, in farads; they double with each bit."},
      {"dac_activity", fraction(s.dac_activity), "Share of a DAC's capacitance that switches."},
      {"dac_reference_a",
       estimate(s.dac_reference_a, {"A", "estimate of this project", Evidence::estimated, 32, 0.9, 300}),
       "Buffer of a DAC with its share of the reference, while its line is driven, in amperes."},
      {"dac_area_um2",
       estimate(s.dac_area_um2, {"um^2", "estimate of this project for 8 bits", Evidence::estimated, 32}),
       "Area of a DAC of 8 bits, in square micrometres."}};
}

/// The bits that a converter's energy is charged for, and to which phases settle for it: an exact one (0 bits) counts
/// as one of 8 bits.
inline int charged_bits(int bits) { return bits > 0 ? bits : 8; }

/// The capacitance of a converter over that of one of 8 bits: one unit for each step.
inline double relative_capacitance(int bits) { return std::exp2(charged_bits(bits) - 8); }

/// The area of a converter over that of one of 8 bits.
inline double relative_converter_area(const ConverterCost& cost, int bits) {
  return 1 - cost.capacitor_share + cost.capacitor_share * relative_capacitance(bits);
}

/// One conversion of a capacitive DAC: C V_dd^2 activity.
inline Energy dac_conversion_j(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  const double capacitance_f = cost.dac_capacitance_f[1] * relative_capacitance(bits);
  return heat(capacitance_f * chip.supply_v * chip.supply_v * cost.dac_activity);
}

/// The rate of an ADC over what one converter can do, at least one.
inline double adc_haste(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  return std::max(1.0, chip.adc_rate_hz * (charged_bits(bits) + 1) / cost.adc_cycle_hz);
}

/// The converters that an ADC consists of, in turn.
inline double interleaved_converters(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  constexpr double rounding = 1e-9;
  return std::ceil(adc_haste(chip, cost, bits) - rounding);
}

/// One conversion of an ADC: FoM 2^bits, and apart from that what it takes for its noise, E 4^bits.
inline Energy adc_conversion_j(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  return heat(cost.adc_energy_per_step_j[1] * std::exp2(charged_bits(bits)) * adc_haste(chip, cost, bits));
}
inline Energy adc_thermal_j(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  return heat(cost.adc_thermal_step_j[1] * std::exp2(2 * charged_bits(bits)) * adc_haste(chip, cost, bits));
}

/// Static power of a DAC while its line is driven, and of an ADC while it converts.
inline double dac_reference_w(const ChipSpec& chip, const ConverterCost& cost) {
  return cost.dac_reference_a[1] * chip.supply_v;
}
inline double adc_reference_w(const ChipSpec& chip, const ConverterCost& cost, int bits) {
  return cost.adc_reference_a[1] * chip.supply_v * adc_haste(chip, cost, bits);
}

}  // namespace settle
