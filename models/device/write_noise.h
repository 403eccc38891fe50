// The noise of a write: what is read of a device differs from the state that pulses move, until it is pulsed again.
#pragma once

#include <string>

#include "settle/models/archive.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// Pulses move a hidden, persistent state w; a read finds w + sigma xi, where xi ~ N(0, 1) is drawn anew whenever the
/// device is pulsed and stands until then (Gong et al., Nature Communications 2018, as public simulators fit it). A
/// device that has never been pulsed, or whose state was set, has none. A draw is a function of (seed, name, round,
/// device). Empty, and free, where sigma is zero.
class WriteNoise {
 public:
  /// Of rows x cols devices; `sigma` in units of the state.
  WriteNoise(const std::string& name, Index rows, Index cols, double sigma, std::uint64_t seed);

  bool any() const { return noise_.size() > 0; }
  /// sigma xi of each device, rows x cols; empty where there is none.
  const Matrix<float>& noise() const { return noise_; }

  /// The devices with a count other than zero have been pulsed in this round, but those that cannot move, whose bounds
  /// are equal.
  void touch(const Matrix<float>& counts, const Matrix<float>& lower, const Matrix<float>& upper, std::uint64_t round,
             int threads);
  /// Those have on whose lines trains coincide with a sign that makes a pulse.
  void touch(const PulseTrainBlock& trains, Coincidence coincidence, const Matrix<float>& lower,
             const Matrix<float>& upper, std::uint64_t round, int threads);
  /// Takes the noise from devices whose state differs between the two.
  void clear_moved(const Matrix<float>& before, const Matrix<float>& after);

  void visit_state(Archive& archive);

 private:
  template <class Touched>
  void draw(Index col, const Touched& touched, const Matrix<float>& lower, const Matrix<float>& upper,
            std::uint64_t round);

  float sigma_;
  Stream stream_;
  Matrix<float> noise_;
};

}  // namespace settle
