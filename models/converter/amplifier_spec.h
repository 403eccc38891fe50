// The difference amplifiers' gain and errors.
#pragma once

#include <cmath>

#include "settle/models/parameter.h"
#include "settle/models/thermal.h"

namespace settle {

/// The section [amplifier]. Errors are referred to the input, so that they do not depend on the gain in use.
struct AmplifierSpec {
  double most_gain = 1024;     // the programmable gain is an octave from 1 to this
  double offset = 0;           // standard deviation over neurons, fraction of full scale
  double gain_error = 0;       // standard deviation over neurons, relative
  double noise = 0;            // rms of each reading, fraction of full scale
  std::int64_t auto_zero = 0;  // batches between two calibrations of what a zero reads as; 0: never
  double settle_s = 0;         // that they are on before a bank's first conversion
  double load_f = 100e-15;     // that each drives: the sampling capacitor of its ADC
  double gm_per_id = 15;       // transconductance for an ampere of bias, per volt
  double headroom = 4;         // rms of a bank's differences that a gain leaves room for
};

inline Parameters parameters(AmplifierSpec& s) {
  return {
      {"most_gain", from(1, s.most_gain, 1048576),
       "Largest gain of the difference amplifiers; it is set for each bank after each batch, in octaves from 1."},
      {"offset", fraction(s.offset),
       "Offset of each difference amplifier at its input, standard deviation as a fraction of full scale."},
      {"gain_error", fraction(s.gain_error), "Gain error of each difference amplifier, standard deviation, relative."},
      {"noise", fraction(s.noise), "Noise of each reading at the amplifier's input, rms as a fraction of full scale."},
      {"auto_zero", integer(s.auto_zero, 0, million),
       "Batches between two calibrations of what a difference of zero reads as, which is then taken off (a new "
       "gain calls for one too); 0: never, as ideal amplifiers need none."},
      {"settle_s", from(0, s.settle_s, 1),
       "Time for which difference amplifiers are on before a bank's first conversion, in seconds, while the clamped "
       "phase settles. Behind their gain they settle in that and in one conversion's time, which sets their bandwidth "
       "and bias."},
      {"load_f", from(1e-18, s.load_f, 1e-6),
       "Capacitance that a difference amplifier drives, the sampling capacitor of its ADC, in farads."},
      {"gm_per_id", from(1, s.gm_per_id, 40), "Transconductance of a difference amplifier for its bias, per volt."},
      {"headroom", from(1, s.headroom, 64),
       "The gain is chosen so that the ADCs' full scale is at least so many times the rms of the bank's last "
       "differences. A larger number clips fewer of them, and leaves fewer codes to the small ones."}};
}

/// The bias current that a gain-bandwidth product takes: 2 pi GBW C / (gm / I_D), in amperes.
inline double bandwidth_bias_a(const AmplifierSpec& s, double gbw_hz) {
  return 2 * M_PI * gbw_hz * s.load_f / s.gm_per_id;
}

/// The noise of its transistors at its input, of a gain of one, in volts squared: 8 k T gamma / gm of a differential
/// pair with gamma = 1, in the bandwidth GBW pi / 2 that its load C leaves, is 2 k T / C. A gain divides both its
/// bandwidth and what that lets through.
inline double own_noise_v2(const AmplifierSpec& s, double temperature_k) {
  return 2 * boltzmann * temperature_k / s.load_f;
}

}  // namespace settle
