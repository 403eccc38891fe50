// How far sweeps overshoot, so that they settle in fewer.
//
// A sweep takes each drive to what the states make of it (Gauss-Seidel). Taking it omega times as far (successive
// over-relaxation) converges for every 0 < omega < 2 where feedback is symmetric, and for a layered net fastest at
//   omega = 2 / (1 + sqrt(1 - c)),   where the error then falls by omega - 1,        (Young 1954)
// c being the factor by which the error of a plain sweep falls. c = 0.5 becomes 0.17, and 0.9 becomes 0.52.
#pragma once

#include <algorithm>
#include <cmath>

namespace settle {

class OverRelaxation {
 public:
  /// Starts from what is known of plain sweeps' contraction; zero: nothing.
  explicit OverRelaxation(double contraction) : contraction_(contraction) {}

  /// omega of the next sweep. The first one is plain: it carries the signal to where there was none.
  double factor() const { return factor_; }

  /// Learns from how far a sweep with this factor has moved the states.
  void see(double change) {
    const double ratio = last_change_ > 0 ? change / last_change_ : 0.0;
    rate_ = ratio > 0 ? std::max(ratio, factor_ - 1) : contraction_;
    if (factor_ > 1) {
      stalls_ += ratio > stalling;
      if (std::abs(ratio - last_ratio_) < steady * ratio && ratio > factor_ - 1 && ratio < stalling) {
        const double root = (ratio + factor_ - 1) / factor_;  // Young's relation between the two
        contraction_ = std::max(contraction_, root * root / ratio);
      }
    } else if (ratio > 0) {
      contraction_ = ratio;
    }
    last_change_ = change;
    last_ratio_ = ratio;
    choose();
  }

  /// The factor by which the error is bound to fall in the next sweeps; 1 or more where that is not seen.
  double rate() const { return rate_; }
  /// Of plain sweeps, as far as known; zero: not at all.
  double contraction() const { return contraction_; }

 private:
  void choose() {
    const bool bearable = stalls_ < most_stalls;
    factor_ = bearable && contraction_ > 0 ? 2 / (1 + std::sqrt(1 - std::min(contraction_, most))) : 1.0;
  }

  // Where omega is too small one mode is left over, whose ratios agree; where it is not, they go on changing.
  static constexpr double steady = 0.02;
  // Loops that are not symmetric, or far from linear, may not bear it: where changes have stalled so often, which they
  // may do when omega has just been chosen, sweeps stay plain.
  static constexpr double stalling = 0.95;
  static constexpr int most_stalls = 3;
  static constexpr double most = 0.95;  // the estimate of the contraction is no better

  double contraction_, factor_ = 1, rate_ = 0, last_change_ = 0, last_ratio_ = 0;
  int stalls_ = 0;
};

}  // namespace settle
