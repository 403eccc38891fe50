// The amplifiers between a bank's held states and its ADCs.
#pragma once

#include <string>

#include "settle/models/converter/amplifier_spec.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// One amplifier for each neuron. Its output over the gain in use is (1 + gain error) (input + offset + noise); offset
/// and gain error are drawn once. Its noise at the input is what is stated, and that of its own transistors, whose
/// bandwidth the gain divides: `own_variance` over the gain (own_noise_v2()).
class DifferenceAmplifier {
 public:
  /// own_variance: in full scales squared.
  DifferenceAmplifier(const AmplifierSpec& spec, double own_variance, Index neurons, const std::string& population,
                      std::uint64_t seed);

  /// difference (neurons x columns, in units of 1 / per_scale of full scale) <- its amplified value over `gain`. The
  /// first column is sample number `sample`, whose noise it has; `reading` numbers the readings of one sample.
  void apply(View<float> difference, float gain, float per_scale, std::uint64_t sample, std::uint32_t reading) const;
  /// rms of the noise of a reading, a fraction of full scale.
  float noise(float gain) const;

 private:
  double stated_variance_, own_variance_;
  Vector<float> offset_, gain_;  // empty where exact
  Stream noise_stream_;
};

}  // namespace settle
