// Sample-and-hold of a bank: keeps its free states, and gives the differences of its clamped states to them.
#pragma once

#include <algorithm>
#include <string>

#include "settle/models/converter/hold_bank.h"
#include "settle/models/numeric/block.h"
#include "settle/models/numeric/random.h"

namespace settle {

class SampleHold {
 public:
  /// `population` and `seed` name the random streams of the capacitors' noise.
  SampleHold(HoldBank capacitors, const std::string& population, std::uint64_t seed);

  /// Samples a free state (neurons x columns). Noise is a function of the sample's number.
  void hold(const Block& block, const Matrix<float>& state);
  const HoldBank& capacitors() const { return capacitors_; }
  /// The states as they were sampled, before charge injection and droop.
  const Matrix<float>& held() const { return held_; }
  /// state <- the held states as a conversion finds them that begins `held_s` seconds after the hold.
  void read(const Block& block, double held_s, Matrix<float>& state) const;

  /// The number of differences that have been taken from what is held: a key of their noise.
  std::uint32_t readings() const { return readings_; }
  /// Counts one that is taken by the neurons themselves, whose lines carry it.
  void count_reading() { ++readings_; }

  /// 1 / scale, at most 1e30: a difference that is smaller than that is beyond any circuit.
  static float per_scale(double scale) { return float(1 / std::max(scale, 1e-30)); }

  /// difference <- (the sampled clamped state minus what is held) / scale, states as fractions of full scale. The
  /// clamped state is given as state + scale change, in two parts, so that a small difference is exact; it comes from
  /// the neuron, which drives it, and has the noise of a sampling, but no pedestal and no droop. The hold was `held_s`
  /// ago.
  void subtract(const Block& block, const Matrix<float>& state, const Matrix<float>& change, double scale,
                double held_s, Matrix<float>& difference);

 private:
  /// value += unit times the noise of one sampling of column c.
  void add_noise(const Block& block, const Stream& stream, std::uint32_t step, Index c, float unit,
                 Eigen::Ref<Vector<float>> value) const;

  HoldBank capacitors_;
  float noise_;
  Stream free_noise_, clamped_noise_;
  std::uint32_t readings_ = 0;  // differences taken from what is held
  Matrix<float> held_;
};

}  // namespace settle
