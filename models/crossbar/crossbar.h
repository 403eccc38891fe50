// A crossbar: a projection's weights on devices, read from either side.
//
// Word lines are the projection's source, bit lines its target. A weight is the difference of a device and a fixed
// reference at the device's zero state, read by its own column; W = weight_scale * state.
#pragma once

#include <algorithm>
#include <string>

#include "models/device/device_array.h"
#include "models/numeric/blas.h"

namespace settle {

/// How weights lie on devices. Conductances are linear in the state over its nominal range.
struct CrossbarSpec {
  DevicePreset device;
  double weight_at_bound = 1;  // the weight of a device at its upper nominal bound; not used by the exact device
  double conductance_min_s = 0.5e-6;
  double conductance_max_s = 25e-6;
};

class Crossbar {
 public:
  /// `targets` x `sources` devices at state zero. `name` and `seed` choose their random streams.
  Crossbar(const std::string& name, Index targets, Index sources, const CrossbarSpec& spec, std::uint64_t seed);

  Index sources() const { return devices_.state().cols(); }
  Index targets() const { return devices_.state().rows(); }
  const DeviceArray& devices() const { return devices_; }
  const CrossbarSpec& spec() const { return spec_; }

  /// W = weight_scale() * normalised(), targets x sources.
  float weight_scale() const { return weight_scale_; }
  const Matrix<float>& normalised() const { return devices_.state(); }
  Matrix<float> weights() const { return weight_scale_ * devices_.state(); }

  /// y = W x, sources x samples to targets x samples.
  void read_forward(ConstView<float> x, View<float> y) const;
  /// x = W^T y: the same devices, driven from the other side.
  void read_transposed(ConstView<float> y, View<float> x) const;

  /// Writes weights as far as the devices' bounds allow, without pulses.
  void set_weights(const Matrix<float>& weights) { devices_.set_state(weights / weight_scale_); }
  void set_state(const Matrix<float>& state) { devices_.set_state(state); }
  /// One pulse's mean effect on a weight: what a controller that knows the preset alone counts on.
  double weight_step() const { return spec_.device.dw_min * double(weight_scale_); }
  /// W += change, exactly, within the devices' bounds.
  void add(const Matrix<float>& change, int threads);
  /// |counts| pulses to each device, of the sign of counts (DeviceArray::pulse).
  PulseSum pulse(const Matrix<float>& counts, std::uint64_t round, int threads) {
    return devices_.pulse(counts, round, threads);
  }

  /// Conductance of a device in this state, in siemens. Bounds spread beyond the nominal range, conductances end at
  /// zero.
  double conductance(double state) const {
    return std::max(0.0, conductance_at_zero_ + conductance_per_state_ * state);
  }
  /// Total conductance, devices and references, on each word line and on each bit line, in siemens: at virtual ground
  /// on the other side, a line driven to V dissipates V^2 times this.
  Vector<double> word_line_conductance() const;
  Vector<double> bit_line_conductance() const;

 private:
  // Of every device, in siemens; an expression.
  auto conductances() const {
    return (float(conductance_at_zero_) + float(conductance_per_state_) * normalised().array()).max(0.0f);
  }

  CrossbarSpec spec_;
  DeviceArray devices_;
  float weight_scale_;
  double conductance_at_zero_;
  double conductance_per_state_;
};

}  // namespace settle
