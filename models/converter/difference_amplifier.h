// The amplifiers between a bank's held states and its ADCs.
#pragma once

#include <string>

#include "models/numeric/random.h"

namespace settle {

/// Errors are referred to the input, so that they do not depend on the gain in use.
struct AmplifierSpec {
  double most_gain = 1024;     // the programmable gain is an octave from 1 to this
  double offset = 0;           // standard deviation over neurons, fraction of full scale
  double gain_error = 0;       // standard deviation over neurons, relative
  double noise = 0;            // rms of each reading, fraction of full scale
  std::int64_t auto_zero = 0;  // batches between two calibrations of what a zero reads as; 0: never
};

/// One amplifier for each neuron. Its output over the gain in use is (1 + gain error) (input + offset + noise); offset
/// and gain error are drawn once.
class DifferenceAmplifier {
 public:
  DifferenceAmplifier(const AmplifierSpec& spec, Index neurons, const std::string& population, std::uint64_t seed);

  /// difference (neurons x columns, in units of 1 / per_scale of full scale) <- what is amplified. Its first column is
  /// sample number `sample`, whose noise it has; `reading` numbers the readings of one sample.
  void apply(View<float> difference, float per_scale, std::uint64_t sample, std::uint32_t reading) const;

 private:
  float noise_;
  Vector<float> offset_, gain_;  // empty where exact
  Stream noise_stream_;
};

}  // namespace settle
