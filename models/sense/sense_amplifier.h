// The amplifier that holds a sensed line at virtual ground and turns its current into a voltage.
//
// Its feedback resistor R makes full scale of a full drive's current; the conductance G that hangs on the line sets its
// noise gain 1 + R G: what divides its bandwidth, multiplies its own noise and offset, and takes part of its gain.
#pragma once

#include <cmath>

#include "models/parameter.h"
#include "models/thermal.h"

namespace settle {

/// The section [sense], as a data sheet states it.
struct SenseSpec {
  double gain = 0;              // of the open loop, at zero frequency; 0: endless
  double gbw_hz = 0;            // gain-bandwidth product; 0: what each read needs
  double offset_v = 0;          // at the input, standard deviation over amplifiers
  double noise_v_per_rthz = 0;  // at the input; 0: that of its transistors (sense_noise_v2_per_hz)
  double noise_factor = 1;      // gamma of a transistor's channel noise 4 k T gamma / gm
  double gm_per_id = 15;        // transconductance for an ampere of bias, per volt
  double load_f = 100e-15;      // that it drives
};

inline Parameters parameters(SenseSpec& s) {
  return {{"gain", from(0, s.gain, 1e9), "Open-loop gain of a sense amplifier at zero frequency; 0: endless."},
          {"gbw_hz", from(0, s.gbw_hz, 1e13),
           "Gain-bandwidth product of a sense amplifier, in hertz; 0: what each line needs to settle in a read, which "
           "is charged for, and does not slow the loop."},
          {"offset_v", from(0, s.offset_v, 1),
           "Offset at the input of a sense amplifier, in volts, standard deviation over amplifiers."},
          {"noise_v_per_rthz", from(0, s.noise_v_per_rthz, 1e-3),
           "Noise at the input of a sense amplifier, in volts per root hertz (with noise.physical); 0: that of its "
           "transistors, from its bias."},
          {"noise_factor", from(0, s.noise_factor, 100), "Gamma of the transistors' noise 4 k T gamma / gm."},
          {"gm_per_id", from(1, s.gm_per_id, 40), "Transconductance of a sense amplifier for its bias, per volt."},
          {"load_f", from(1e-18, s.load_f, 1e-6), "Capacitance that a sense amplifier drives, in farads."}};
}

/// 1 + R G.
inline double noise_gain(double feedback_ohm, double siemens) { return 1 + feedback_ohm * siemens; }

/// The gain-bandwidth product that settles to half a code of `bits` bits in a time: noise gain (b + 1) ln 2 / (2 pi t).
inline double gbw_needed_hz(double noise_gain, int bits, double seconds) {
  return noise_gain * (bits + 1) * std::log(2.0) / (2 * M_PI * seconds);
}

/// The time constant of the closed loop: noise gain / (2 pi GBW).
inline double closed_loop_tau_s(double noise_gain, double gbw_hz) { return noise_gain / (2 * M_PI * gbw_hz); }

/// What is left of a signal behind an amplifier of finite gain A: 1 / (1 + noise gain / A).
inline double signal_share(double noise_gain, double gain) { return gain > 0 ? 1 / (1 + noise_gain / gain) : 1; }

/// The transconductance that the bandwidth takes, 2 pi GBW C, and the bias current for it.
inline double sense_gm_siemens(const SenseSpec& s, double gbw_hz) { return 2 * M_PI * gbw_hz * s.load_f; }
inline double sense_bias_a(const SenseSpec& s, double gbw_hz) { return sense_gm_siemens(s, gbw_hz) / s.gm_per_id; }

/// The noise at its input, one-sided: stated, or 8 k T gamma / gm of a differential pair.
inline double sense_noise_v2_per_hz(const SenseSpec& s, double gbw_hz, double temperature_k) {
  if (s.noise_v_per_rthz > 0) return s.noise_v_per_rthz * s.noise_v_per_rthz;
  const double gm = sense_gm_siemens(s, gbw_hz);
  return gm > 0 ? 8 * boltzmann * temperature_k * s.noise_factor / gm : 0;
}

}  // namespace settle
