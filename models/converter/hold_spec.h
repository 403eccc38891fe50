// The imperfections of hold capacitors: noise, leakage, and the charge of their switches.
#pragma once

#include "settle/models/parameter.h"
#include "settle/models/thermal.h"

namespace settle {

/// The section [hold].
struct HoldSpec {
  ThermalNoise thermal_noise = ThermalNoise::none;
  double leakage_a = 0;           // current out of each capacitor
  double leakage_mismatch = 0;    // standard deviation of its logarithm over neurons
  double injection_c = 0;         // charge that the opening switch puts on the capacitor
  double injection_mismatch = 0;  // standard deviation over neurons, relative
};

inline Parameters parameters(HoldSpec& s) {
  return {
      {"thermal_noise", choice(s.thermal_noise, {{"none", ThermalNoise::none}, {"kT/C", ThermalNoise::capacitor}}),
       "Noise of each sampling on top of neuron.noise: none, or kT/C of chip.hold_capacitance_f at "
       "chip.temperature_k."},
      {"leakage_a", from(0, s.leakage_a, 1),
       "Leakage of each hold capacitor to ground, in amperes: held states fall until they are converted."},
      {"leakage_mismatch", fraction(s.leakage_mismatch),
       "Spread of the leakages, standard deviation of their logarithm."},
      {"injection_c", from(-1e-9, s.injection_c, 1e-9),
       "Charge that the opening switch puts on each hold capacitor, in coulombs; negative lowers the state."},
      {"injection_mismatch", fraction(s.injection_mismatch), "Spread of that charge, standard deviation, relative."}};
}

}  // namespace settle
