// Over-relaxation: sweeps that overshoot, so that a phase settles in fewer of them.
//
// A sweep takes each drive to what the states make of it (Gauss-Seidel). Taking it omega times as far (successive
// over-relaxation) converges for every 0 < omega < 2 where feedback is symmetric, and for a layered net fastest at
//   omega = 2 / (1 + sqrt(1 - c)),   where the error then falls by omega - 1,        (Young 1954)
// c being the factor by which the error of a plain sweep falls. c = 0.5 becomes 0.17, and 0.9 becomes 0.52. All of that
// holds near an equilibrium, where the error only shrinks. It need not hold far from it, nor where the error changes
// sign or rotates from sweep to sweep, which its magnitude does not show.
#pragma once

#include <algorithm>
#include <cmath>

namespace settle {

class OverRelaxation {
 public:
  /// `contraction`: the factor by which the error falls in a plain sweep, as far as it is known; zero: unknown. Unless
  /// `allowed`, all sweeps are plain.
  OverRelaxation(double contraction, bool allowed) : allowed_(allowed), contraction_(contraction) {}

  /// The factor omega of the next sweep. The first one is plain, because the signal has yet to reach the populations.
  double factor() const { return factor_; }

  /// Learns from the distance by which a sweep with this factor has moved the states.
  void learn_from(double change) {
    const double ratio = last_change_ > 0 ? change / last_change_ : 0.0;
    const bool comparable = ratio > 0 && factor_ == last_factor_;  // with the sweep before
    if (factor_ > 1) {
      learn_from_relaxed(ratio, comparable);
    } else if (comparable) {
      contraction_ = ratio;
    }
    rate_ = std::max({ratio, factor_ - 1, comparable ? 0.0 : contraction_});
    last_change_ = change;
    last_ratio_ = ratio;
    last_factor_ = factor_;
    if (stalls_ == most_stalls) {
      pause_ = 2 * pause_;
      waiting_ = pause_;
      stalls_ = 0;
    }
    const bool bearable = allowed_ && waiting_ == 0 && contraction_ > 0 && contraction_ < 1;
    if (waiting_ > 0) --waiting_;
    factor_ = bearable ? 2 / (1 + std::sqrt(1 - std::min(contraction_, most))) : 1.0;
  }

  /// The factor by which the error seems to fall in a sweep; zero: unknown, one or more: it does not fall.
  double rate() const { return rate_; }
  /// The factor by which the error falls in a plain sweep, which is no faster; zero: unknown.
  double contraction() const { return rate_ < 1 ? std::max(contraction_, rate_) : contraction_; }

 private:
  void learn_from_relaxed(double ratio, bool comparable) {
    stalls_ += ratio > stalling;
    const bool one_mode_is_left = comparable && std::abs(ratio - last_ratio_) < steady * ratio;
    if (!one_mode_is_left || ratio <= factor_ - 1 || ratio >= 1) return;
    const double root = (ratio + factor_ - 1) / factor_;  // by Young's relation between the two factors
    contraction_ = std::max(contraction_, root * root / ratio);
  }

  // Ratios that differ by less than this share agree. Where omega is too small one mode of the error is left, whose
  // ratios agree; where it is not, they go on changing.
  static constexpr double steady = 0.02;
  // A sweep has stalled where its change is no smaller than this share of the last one's, as may happen when omega has
  // just been chosen. After so many stalls plain sweeps come first: 6, then twice as many each time.
  static constexpr double stalling = 0.95;
  static constexpr int most_stalls = 3;
  static constexpr double most = 0.95;  // the largest contraction that is trusted

  bool allowed_;
  double contraction_, factor_ = 1, rate_ = 0;
  double last_change_ = 0, last_ratio_ = 0, last_factor_ = 1;
  int stalls_ = 0, pause_ = 3, waiting_ = 0;
};

}  // namespace settle
