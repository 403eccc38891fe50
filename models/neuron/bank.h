// A bank of analog neurons: one population's activation, mismatch and time constant, and the state it holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/neuron/activation.h"
#include "models/neuron/curve.h"
#include "models/numeric/matrix.h"

namespace settle {

/// What a bank of neurons is made of. Mismatch is drawn once, at elaboration.
struct NeuronSpec {
  std::string activation = "tanh";
  double tau_s = 10e-9;
  double gain_mismatch = 0.0;        // standard deviation, relative
  double offset_mismatch = 0.0;      // standard deviation, fraction of full scale
  double noise = 0.0;                // rms of a state when it is sampled and held, fraction of full scale
  double membrane_noise = 0.0;       // rms of the membrane, fraction of full scale: sqrt(kT/C)
  double slew = 0.0;                 // largest |dv/dt|, full scales per second; 0: no limit
  double tau_mismatch = 0.0;         // standard deviation of ln tau
  double saturation_mismatch = 0.0;  // standard deviation of the logarithm of the largest output
  // Of the activation "ota", whose gain these make (ota.h).
  double kappa = 0.7;
  double temperature_k = 300;
  double full_scale_v = 0.4;
  std::vector<CurvePoint> curve{};  // of the activation "table"
};

/// Neuron i turns its drive h (in units of the activation's argument) into gain_i h + shift_i and that into its output
/// (full scale 1). Dynamics: tau_i dv/dt = -v + h, s = amplitude_i f(gain_i v + shift_i) (membrane.h).
template <class Real>
struct Bank {
  const Activation<Real>* activation = nullptr;
  Vector<Real> gain;
  Vector<Real> shift;      // gain times offset
  Vector<Real> amplitude;  // empty: all one
  Vector<Real> tau_s;
  double slew = 0;                           // as NeuronSpec
  std::shared_ptr<const Curve<Real>> curve;  // of activations that are measured

  Index size() const { return gain.size(); }
  NeuronParameters<Real> parameters() const {
    return {gain.data(), shift.data(), amplitude.size() > 0 ? amplitude.data() : nullptr, curve.get()};
  }
};

template <class Real>
struct BankState;

/// What noise of the drives becomes at the outputs, through the slope of each neuron at its free state: rms_ic =
/// |f'_ic| drive_rms_c, small noise being linear. `drive_rms` has one element for each sample.
template <class Real>
void noise_of_states(const Bank<Real>& bank, const BankState<Real>& state, const Vector<Real>& drive_rms,
                     Matrix<Real>& rms);

/// Draws a bank of `size` neurons; `name` and `seed` choose its random stream.
template <class Real>
Bank<Real> make_bank(const NeuronSpec& spec, Index size, const std::string& name, std::uint64_t seed);

/// The block of samples that a bank works on, a column each. The free phase fills drive and state; the clamped phase,
/// relative to it and divided by the population's scale, fills the differences.
template <class Real>
struct BankState {
  Matrix<Real> external;             // drive from the input, constant during a phase
  Matrix<Real> drive;                // h, at equilibrium also the membrane
  Matrix<Real> state;                // s
  Matrix<Real> difference_external;  // drive from the nudge
  Matrix<Real> difference_drive;     // (h_clamped - h_free) / scale
  Matrix<Real> difference;           // e = (s_clamped - s_free) / scale
  Matrix<Real> line;                 // scratch: what lines carry to devices that are not linear

  /// Room for `samples` columns; contents are zero when the size changes.
  void resize(Index neurons, Index samples);
};

}  // namespace settle
