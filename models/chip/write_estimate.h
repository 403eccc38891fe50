// What a controller that writes and verifies knows of each weight, and the pulses that it sends next.
#pragma once

#include <map>

#include "settle/models/chip/write_plan.h"
#include "settle/models/crossbar/crossbar.h"

namespace settle {

/// An estimate of each weight and of its devices' own gains up and down, which are their steps over the nominal ones.
///
/// A device's steps can be several times the nominal one, in which case pulses counted by that overshoot further each
/// time; so each round's effect, a secant, corrects the gain. A read is not the state either: it is a code of a
/// converter, and finds the noise of the last write, which is another one each time (WriteNoise). Both corrections are
/// weighed by their variances, as a Kalman filter does: of a gain g, and of a value x that n pulses of step s and noise
/// c have moved,
///     x <- x + n g s,     var x <- var x + n (g c)^2 + (n s)^2 var g,
///     x <- x + var x / S (found - x),     g <- g + n s var g / S (found - x),     S = var x + var of a read,
/// with g kept within a fiftieth and fifty. What the device is never pulsed for, no read can tell anew.
class WriteEstimate {
 public:
  /// After a first read of all weights of `array`, which outlives this. A round has at most `most_pulses` >= 1 a
  /// weight.
  WriteEstimate(const Crossbar& array, const Matrix<float>& found, Index most_pulses);

  /// counts <- the pulses that bring each weight nearest to its goal in the mean, where it is off by more than
  /// `tolerance`: for an error e that n is the least of (e - n g s)^2 + n (g c)^2 + (n s)^2 var g. It is at least one,
  /// so that steps that are too large get another chance; but for the last round, after which nobody looks, where it
  /// has to help, and for pulses that go one way and use up a pair's range, where the error has to be half a step. What
  /// hardly answers gets single pulses. Where a pulse has more noise than step, and more than a read, n is that of a
  /// WritePlan for the `rounds` >= 1 that are left, this one among them.
  /// Values over weight_scale. Returns the number of weights to be pulsed.
  Index pulses_towards(const Matrix<float>& goal, double tolerance, int rounds, Matrix<float>& counts);
  /// Notes that pulses have been sent that somebody else has chosen.
  void note(const Matrix<float>& counts);
  /// Corrects the estimates by what was found after the pulses of either.
  void correct(const Matrix<float>& found);

 private:
  float pulses_for(Index i, double error, int rounds);
  WritePlan& plan_of(double noise_in_steps);

  const Crossbar& array_;
  double read_variance_, most_pulses_;
  Matrix<float> value_, variance_;
  Matrix<float> gain_[2], gain_variance_[2];  // up, down
  Matrix<float> counts_, step_, noise_;       // of the last pulses
  std::map<int, WritePlan> plans_;            // by the logarithm of the noise in steps
};

}  // namespace settle
