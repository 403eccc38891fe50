// The amplifiers between a bank's held states and its ADCs.
#pragma once

#include <string>

#include "models/converter/amplifier_spec.h"
#include "models/numeric/random.h"

namespace settle {

/// One amplifier for each neuron. Its output over the gain in use is (1 + gain error) (input + offset + noise); offset
/// and gain error are drawn once.
class DifferenceAmplifier {
 public:
  DifferenceAmplifier(const AmplifierSpec& spec, Index neurons, const std::string& population, std::uint64_t seed);

  /// difference (neurons x columns, in units of 1 / per_scale of full scale) <- its amplified value over the gain. The
  /// first column is sample number `sample`, whose noise it has; `reading` numbers the readings of one sample.
  void apply(View<float> difference, float per_scale, std::uint64_t sample, std::uint32_t reading) const;

 private:
  float noise_;
  Vector<float> offset_, gain_;  // empty where exact
  Stream noise_stream_;
};

}  // namespace settle
