// An array of synaptic devices: each cell's state and its own response, and what pulses do to them.
#pragma once

#include <string>

#include "models/device/preset.h"
#include "models/numeric/matrix.h"
#include "models/numeric/random.h"

namespace settle {

/// What a round of pulses amounted to, for the energy: the number of pulses, and the sum over them of the state
/// (before + after) / 2, from which the mean conductance during a pulse follows.
struct PulseSum {
  double pulses = 0;
  double state = 0;
};

class DeviceArray {
 public:
  /// Draws rows x cols devices from the population; they start at state zero.
  DeviceArray(const std::string& name, Index rows, Index cols, const DevicePreset& preset, std::uint64_t seed);

  const DevicePreset& preset() const { return preset_; }
  const Matrix<float>& state() const { return state_; }

  /// Sets states directly, clipped to each device's bounds: what programming with verification would reach.
  void set_state(const Matrix<float>& state);

  /// Gives each device |counts| pulses of the sign of counts (whole numbers). `round` numbers the calls: the cycle
  /// noise is a function of (seed, name, round, pulse, cell). Not for the exact response (std::logic_error).
  PulseSum pulse(const Matrix<float>& counts, std::uint64_t round, int threads);

  /// Adds any change exactly, clipped to each device's bounds: an update without the physics of one.
  void add(const Matrix<float>& change, int threads);

  /// Per cell: mean step up and down, slopes of a response that is affine in the state, and bounds.
  struct Cells {
    Matrix<float> up, down, slope_up, slope_down, lower, upper;
  };
  const Cells& cells() const { return cells_; }

 private:
  DevicePreset preset_;
  Stream cycle_;
  Matrix<float> state_;
  Cells cells_;
};

}  // namespace settle
