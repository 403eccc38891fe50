// The specification of neurons, as a designer states it.
#pragma once

#include "settle/models/parameter.h"
#include "settle/models/thermal.h"

namespace settle {

/// The section [neuron]. Mismatch is drawn once, at elaboration.
struct NeuronSpec {
  double tau_s = 10e-9;
  double gain_mismatch = 0;                         // standard deviation, relative
  double offset_mismatch = 0;                       // standard deviation, fraction of full scale
  double noise = 0;                                 // rms of what is added to each output, fraction of full scale
  double tau_mismatch = 0;                          // standard deviation of ln tau
  double saturation_mismatch = 0;                   // standard deviation of the logarithm of the largest output
  ThermalNoise thermal_noise = ThermalNoise::none;  // noise of the membrane
  double slew_v_per_s = 0;                          // 0: no limit
  bool clips = false;                               // at the rails
  double kappa = 0.7;                               // coupling of gate to channel, of bias and activation
  std::string table;                                // CSV file of the activation table
};

inline Parameters parameters(NeuronSpec& s) {
  return {
      {"tau_s", from(1e-12, s.tau_s, 1), "Time constant of the membrane, in seconds."},
      {"gain_mismatch", fraction(s.gain_mismatch), "Standard deviation of the gain, relative."},
      {"offset_mismatch", fraction(s.offset_mismatch),
       "Standard deviation of the offset, as a fraction of full scale."},
      {"noise", fraction(s.noise),
       "Noise of each output, rms as a fraction of full scale: a process of the membrane's time constant, which goes "
       "round the loop."},
      {"tau_mismatch", fraction(s.tau_mismatch),
       "Spread of the time constants, standard deviation of their logarithm."},
      {"saturation_mismatch", fraction(s.saturation_mismatch),
       "Spread of the largest outputs, standard deviation of their logarithm."},
      {"thermal_noise", choice(s.thermal_noise, {{"none", ThermalNoise::none}, {"kT/C", ThermalNoise::capacitor}}),
       "Noise of the membranes: rms sqrt(kT/C) of chip.neuron_capacitance_f at chip.temperature_k."},
      {"slew_v_per_s", from(0, s.slew_v_per_s, 1e15),
       "Fastest change of a membrane, in volts per second; 0: no limit. In transient and in settling times."},
      {"clips", FlagValue{&s.clips},
       "true: drives and membranes end at the rails, half of chip.supply_v from the middle; false: nothing ends."},
      {"kappa", from(0.1, s.kappa, 1),
       "Coupling of gate to channel below threshold: a neuron's bias is 2 U_T C / (kappa tau_s), and activation ota "
       "tanh(kappa V / 2 U_T), at chip.temperature_k."},
      {"table", path(s.table),
       "CSV file of activation table (input,output): a measured curve, output in fractions of full scale."}};
}

}  // namespace settle
