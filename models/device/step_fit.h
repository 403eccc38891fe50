// The likeliest numbers of a response, given what was read while devices were pulsed.
#pragma once

#include <vector>

#include "settle/models/device/pulse_filter.h"

namespace settle {

/// Numbers of a StepModel and the noise, with what the readings leave open of both.
struct StepFit {
  StepModel::Numbers numbers;
  PulseNoise noise{0.5, 0.01};
  Matrix<double> covariance;       // of the numbers, then of ln cycle and ln read noise; zeros for what is not known
  std::vector<char> known;         // likewise: whether the readings say anything about it
  double deviance = 0;             // -2 ln L
  int rank = 0;                    // of the numbers and the noise together
  double innovation_variance = 0;  // of what is left, over what the noise explains

  /// Standard error of a number; NaN where the readings say nothing about it.
  double error(Index number) const;
  double cycle_error() const { return noise.cycle * error(numbers.size()); }
  double read_error() const { return noise.read * error(numbers.size() + 1); }
  /// Standard error of a function of these numbers, by its gradient along them; NaN where none of those that it hangs
  /// on is known.
  double error_along(const std::vector<Index>& of, const Vector<double>& gradient) const;
};

/// Maximum likelihood over all numbers and both kinds of noise at once (pulse_filter.h), by Fisher's scoring, damped
/// after Levenberg and Marquardt. Standard errors hold for readings that are not normal, too: clipping at a bound makes
/// such ones. They are those of White's sandwich A^-1 B A^-1, with A the information and B the scores' own products
/// (Econometrica 1982).
StepFit fit_steps(const StepModel& model, const std::vector<StateRecord>& records, Index devices);

}  // namespace settle
