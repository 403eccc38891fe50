// The amplifier that holds a sensed line at virtual ground and turns its current into a voltage.
//
// Its feedback resistor R makes full scale of a full drive's current; the conductance G that hangs on the line sets its
// noise gain 1 + R G: what divides its bandwidth, multiplies its own noise and offset, and takes part of its gain. The
// capacitance C of the line is the amplifier's input, and makes R C with the feedback resistor: small conductances need
// a large R, and make the loop slow or let it ring (ClosedLoop).
#pragma once

#include <algorithm>
#include <cmath>

#include "settle/models/parameter.h"
#include "settle/models/thermal.h"

namespace settle {

/// The section [sense], as a data sheet states it.
struct SenseSpec {
  double gain = 0;                       // of the open loop, at zero frequency; 0: endless
  double gbw_hz = 0;                     // gain-bandwidth product; 0: what each read needs
  double offset_v = 0;                   // at the input, standard deviation over amplifiers
  double noise_v_per_rthz = 0;           // at the input; 0: that of its transistors (sense_noise_v2_per_hz)
  Estimate noise_factor = {0.67, 1, 2};  // gamma of a transistor's channel noise 4 k T gamma / gm
  double gm_per_id = 15;                 // transconductance for an ampere of bias, per volt
  double load_f = 100e-15;               // that it drives
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
          {"noise_factor",
           estimate(s.noise_factor, {"times 4 k T / gm",
                                     "estimate of this project; 2/3 of a long channel (van der Ziel, Noise in Solid "
                                     "State Devices and Circuits, 1986), more in short ones",
                                     Evidence::estimated}),
           "Gamma of the transistors' noise 4 k T gamma / gm."},
          {"gm_per_id", from(1, s.gm_per_id, 40), "Transconductance of a sense amplifier for its bias, per volt."},
          {"load_f", from(1e-18, s.load_f, 1e-6), "Capacitance that a sense amplifier drives, in farads."}};
}

/// 1 + R G.
inline double noise_gain(double feedback_ohm, double siemens) { return 1 + feedback_ohm * siemens; }

/// The loop of an amplifier, its feedback resistor R, and a line of conductance G and capacitance C. The amplifier is
/// an integrator of w = 2 pi GBW; a current I into the line makes
///
///     V / I = R / (1 + s tau + s^2 c),  tau = noise gain / w + R C_f,  c = R (C + C_f) / w,
///
/// and a voltage at the amplifier's input is multiplied by (noise gain) (1 + s z), z = R (C + C_f) / noise gain. The
/// feedback capacitor C_f is the smallest, down to none, with which the response is maximally flat (Butterworth: tau^2
/// >= 2 c), as transimpedance amplifiers are compensated. Then it settles as a lag of tau does: its envelope is
/// exp(-t/tau).
struct ClosedLoop {
  double noise_gain;
  double feedback_f;  // C_f
  double tau_s;       // tau
  double second_s2;   // c
  double zero_s;      // z
};

/// The loop of an amplifier with this feedback resistor, line and gain-bandwidth product.
inline ClosedLoop closed_loop(double feedback_ohm, double siemens, double line_f, double gbw_hz) {
  const double w = 2 * M_PI * gbw_hz, gain = noise_gain(feedback_ohm, siemens), rc = feedback_ohm * line_f;
  // (gain + x)^2 = 2 (w R C + x), x = w R C_f
  const double root = 1 - 2 * gain + 2 * w * rc;
  const double x = 2 * w * rc > gain * gain ? 1 - gain + std::sqrt(root) : 0.0;
  const double whole_rc = rc + x / w;
  return {gain, x / w / feedback_ohm, (gain + x) / w, whole_rc / w, whole_rc / gain};
}

/// The gain-bandwidth product with which a loop settles to half a code of `bits` bits in a time: that of tau = time /
/// ((b + 1) ln 2). Without capacitance, noise gain / (2 pi tau).
inline double gbw_needed_hz(double noise_gain, int bits, double seconds, double rc_s = 0) {
  const double tau_s = seconds / ((bits + 1) * std::log(2.0));
  double w = noise_gain / tau_s;
  if (2 * w * rc_s > noise_gain * noise_gain) {  // it takes a feedback capacitor: (w tau - 1)^2 = 1 + 2 (w R C - gain)
    const double sum = tau_s + rc_s;
    w = (sum + std::sqrt(sum * sum - 2 * noise_gain * tau_s * tau_s)) / (tau_s * tau_s);
  }
  return w / (2 * M_PI);
}

/// The bandwidth of white noise that passes the loop and a lag behind it (0: none), in hertz: its variance for one unit
/// per hertz, one-sided, of a response of one at zero frequency. With `zero_s`, that of the amplifier's own input,
/// which the line's capacitance raises at high frequencies. (Newton, Gould and Kaiser, "Analytical Design of Linear
/// Feedback Controls", 1957, table of integrals: of (1 + s z) / ((1 + s T) (1 + s tau + s^2 c)).)
inline double noise_bandwidth_hz(const ClosedLoop& loop, double lag_s, double zero_s = 0) {
  const double a1 = lag_s + loop.tau_s, a2 = lag_s * loop.tau_s + loop.second_s2, a3 = lag_s * loop.second_s2;
  if (a2 == 0) return noise_bandwidth_hz(a1);  // one lag
  return (a2 + zero_s * zero_s) / (4 * (a1 * a2 - a3));
}

/// What is left of a signal behind an amplifier of finite gain A: 1 / (1 + noise gain / A).
inline double signal_share(double noise_gain, double gain) { return gain > 0 ? 1 / (1 + noise_gain / gain) : 1; }

/// The transconductance that the bandwidth takes, 2 pi GBW C, and the bias current for it.
inline double sense_gm_siemens(const SenseSpec& s, double gbw_hz) { return 2 * M_PI * gbw_hz * s.load_f; }
inline double sense_bias_a(const SenseSpec& s, double gbw_hz) { return sense_gm_siemens(s, gbw_hz) / s.gm_per_id; }

/// The noise at its input, one-sided: stated, or 8 k T gamma / gm of a differential pair.
inline double sense_noise_v2_per_hz(const SenseSpec& s, double gbw_hz, double temperature_k) {
  if (s.noise_v_per_rthz > 0) return s.noise_v_per_rthz * s.noise_v_per_rthz;
  const double gm = sense_gm_siemens(s, gbw_hz);
  return gm > 0 ? 8 * boltzmann * temperature_k * s.noise_factor[1] / gm : 0;
}

}  // namespace settle
