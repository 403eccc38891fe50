// Devices some time after they were written, as a read finds them: levels, drift, 1/f noise.
#pragma once

#include <string>

#include "settle/models/archive.h"
#include "settle/models/device/preset.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// Whether a read always finds exactly what was written.
bool reads_as_written(const DevicePreset& preset);
/// Whether a read depends on the time since the device was written.
bool remembers_time(const DevicePreset& preset);

/// The time since each device of an array was written, and what that does to the conductance that a read sees:
///   drift       G (t / t0)^-nu for t > t0, where t counts from the device's own last write, and g = G / highest:
///               nu = clamp(nu0 + slope ln g; low, high)(1 + dtod xi) + clamp(s0 + s1 ln g; s low, s high) xi, never
///               below zero (Nandakumar et al., Journal of Applied Physics 2018; figures of the presets)
///   1/f noise   G Q sqrt(ln((t + tr) / 2 tr)) xi, Q = min(Q1 g^-exponent, most), frozen from one look to the next
///               (Le Gallo et al., Advanced Electronic Materials 2018)
///   levels      the nearest of so many, evenly spaced
class Retention {
 public:
  /// `name` and `seed` choose the random streams of rows x cols devices.
  Retention(const std::string& name, Index rows, Index cols, const DevicePreset& preset, std::uint64_t seed);

  void elapse(double seconds) { now_s_ += seconds; }
  /// Notes that devices are written now: those with a count other than zero, or all of them.
  void written(const Matrix<float>& counts);
  /// Notes that devices are written now on whose lines trains coincide with a sign that makes a pulse.
  void written(const PulseTrainBlock& trains, Coincidence coincidence);
  void written_all();

  /// conductance (siemens, in place) <- the conductance that read number `look` finds; `lowest` and `highest` bound the
  /// nominal range.
  void apply(Matrix<float>& conductance, double lowest, double highest, std::uint64_t look, int threads) const;
  /// The same for the devices of one word line. Drift and noise are in single precision: within 4e-6.
  void apply_to_column(Index source, Eigen::Ref<Vector<float>> conductance, double lowest, double highest,
                       std::uint64_t look) const;

  /// The time at which each device was written.
  void visit_state(Archive& archive);

 private:
  DevicePreset preset_;
  Stream flicker_;
  double now_s_ = 0;
  Matrix<double> written_s_;    // empty where nothing depends on it
  Matrix<float> drift_spread_;  // xi of each device's nu
};

}  // namespace settle
