// The limits of the design rules, with their sources.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The section [rules]. A rule holds its value against the nominal limit.
struct RuleLimits {
  Estimate gbw_hz = {2e9, 5e9, 10e9};               // at 32 nm
  Estimate line_current_a = {20e-6, 40e-6, 80e-6};  // at 32 nm
  Estimate power_w_per_mm2 = {0.5, 1, 2};
  Estimate beyond_rails = {0.003, 0.01, 0.03};
  Estimate pitch_um = {200, 500, 1000};
  Estimate period_taus = {0.5, 1, 2};
  Estimate clipped = {0.003, 0.01, 0.03};
  Estimate noise_codes = {0.3, 0.5, 1};
  Estimate cut_pulses = {0.003, 0.01, 0.03};
  Estimate at_bounds = {0.03, 0.1, 0.3};
  Estimate worn_out = {0.0003, 0.001, 0.01};
};

inline Parameters parameters(RuleLimits& s) {
  return {
      {"gbw_hz",
       estimate(s.gbw_hz,
                {"Hz",
                 "estimate of this project: a tenth of the transit frequency of a transistor with gm/I_D of 15 per "
                 "volt",
                 Evidence::estimated, 32}),
       "Largest gain-bandwidth product of an amplifier, in hertz at 32 nm; grows as one over chip.node."},
      {"line_current_a",
       estimate(s.line_current_a,
                {"A", "estimate of this project: 2 MA/cm^2 (electromigration) in copper of 32 nm x 61 nm",
                 Evidence::estimated, 32}),
       "Largest current of an array's line, in amperes at 32 nm; grows as the square of chip.node."},
      {"power_w_per_mm2",
       estimate(s.power_w_per_mm2,
                {"W/mm^2", "estimate of this project: what a package without more than air takes away",
                 Evidence::estimated}),
       "Largest power of the analog part for its area, in watts per square millimetre."},
      {"beyond_rails", estimate_to(1, s.beyond_rails, {"of all", "estimate of this project", Evidence::estimated}),
       "Largest share of membranes beyond the rails, where neurons do not clip."},
      {"pitch_um",
       estimate(s.pitch_um,
                {"um", "estimate of this project: amplifiers that stand behind each other", Evidence::estimated}),
       "Largest length of an amplifier as wide as its line's cells, in micrometres."},
      {"period_taus",
       estimate(s.period_taus, {"of neuron.tau_s", "estimate of this project: neurons must not follow single pulses",
                                Evidence::estimated}),
       "Longest period of turns and read pulses, in neuron.tau_s."},
      {"clipped", estimate_to(1, s.clipped, {"of all", "estimate of this project", Evidence::estimated}),
       "Largest share of codes that ADCs clip, of logits, of states or of differences."},
      {"noise_codes",
       estimate(s.noise_codes, {"codes", "estimate of this project: beyond half a code, bits are spent on noise",
                                Evidence::estimated}),
       "Largest noise of a held state, rms, in codes of the ADCs."},
      {"cut_pulses", estimate_to(1, s.cut_pulses, {"of all", "estimate of this project", Evidence::estimated}),
       "Largest share of updates that ask for more pulses than a counter or a train holds."},
      {"at_bounds",
       estimate_to(1, s.at_bounds,
                   {"of all", "estimate of this project: a network learns with a tenth of its weights held",
                    Evidence::estimated}),
       "Largest share of an array's devices that are at the end of their range."},
      {"worn_out",
       estimate_to(
           1, s.worn_out,
           {"of all", "estimate of this project: what arrays with redundant lines can repair", Evidence::estimated}),
       "Largest share of an array's devices whose endurance is used up."}};
}

}  // namespace settle
