// A bank of analog neurons: one population's activation, mismatch and time constant, and the state it holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "settle/models/cost/chip_spec.h"
#include "settle/models/network/network_spec.h"
#include "settle/models/neuron/activation.h"
#include "settle/models/neuron/curve.h"
#include "settle/models/neuron/neuron_spec.h"
#include "settle/models/noise_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// The specification of a bank of neurons: the section [neuron], the activation, and what follows from them on this
/// chip.
struct BankSpec : NeuronSpec {
  std::string activation;
  double gain;                    // nominal, of the drive
  double membrane_noise;          // rms of the membrane, fraction of full scale: sqrt(kT/C)
  double rail;                    // that drives and membranes end at, in full scales; 0: none
  double slew;                    // largest |dv/dt|, full scales per second; 0: no limit
  std::vector<CurvePoint> curve;  // of the activation "table"

  BankSpec() : BankSpec(NeuronSpec()) {}
  explicit BankSpec(const NeuronSpec& neuron, const std::string& activation = NetworkSpec{}.activation,
                    const ChipSpec& chip = {}, const NoiseSpec& noise = {});
};

/// Neuron i turns its drive h (in units of the activation's argument) into gain_i h + shift_i and that into its output
/// (full scale 1). With a rail h ends there. Dynamics: tau_i dv/dt = -v + h, s = amplitude_i f(gain_i v + shift_i)
/// (membrane.h).
template <class Real>
struct Bank {
  const Activation<Real>* activation = nullptr;
  Vector<Real> gain;
  Vector<Real> shift;      // gain times offset
  Vector<Real> amplitude;  // empty: all one
  Vector<Real> tau_s;
  Vector<Real> membrane_noise;               // rms, fraction of full scale; empty: none
  Vector<Real> drive_tau_s;                  // of the amplifiers that make the drive (SenseStage); empty: at once
  Real rail = 0;                             // that drives and membranes end at, in full scales; 0: none
  double slew = 0;                           // largest |dv/dt|, full scales per second; 0: no limit
  std::shared_ptr<const Curve<Real>> curve;  // of a measured activation

  Index size() const { return gain.size(); }
  NeuronParameters<Real> parameters() const {
    return {gain.data(), shift.data(), amplitude.size() > 0 ? amplitude.data() : nullptr, curve.get(), rail};
  }
};

/// Draws a bank of `size` neurons; `name` and `seed` choose its random stream.
template <class Real>
Bank<Real> make_bank(const BankSpec& spec, Index size, const std::string& name, std::uint64_t seed);

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
  Matrix<Real> line;                 // scratch: what lines carry where that is not the state or the difference
  // where neurons hold their free drive and state (ClampedLines::differences), what holding them adds, in full scales:
  // to the drive, and to what the lines carry; empty: nothing
  Matrix<Real> drive_offset, line_offset;

  /// Makes room for `samples` columns; where the size changes, contents become zero.
  void resize(Index neurons, Index samples);
};

}  // namespace settle
