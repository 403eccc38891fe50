// How far sweeps overshoot, so that they settle in fewer.
//
// A sweep takes each drive to what the states make of it (Gauss-Seidel). Taking it omega times as far (successive
// over-relaxation) converges for every 0 < omega < 2 where feedback is symmetric, and for a layered net fastest at
//   omega = 2 / (1 + sqrt(1 - c)),   where the error then falls by omega - 1,        (Young 1954)
// c being the factor by which the error of a plain sweep falls. c = 0.5 becomes 0.17, and 0.9 becomes 0.52. All of that
// holds near an equilibrium; far from it, and of signs and rotations that a magnitude does not show, it need not.
#pragma once

#include <algorithm>
#include <cmath>

namespace settle {

class OverRelaxation {
 public:
  /// Starts from what is known of plain sweeps' contraction; zero: nothing. Where it is not allowed, all sweeps are
  /// plain.
  OverRelaxation(double contraction, bool allowed) : allowed_(allowed), contraction_(contraction) {}

  /// omega of the next sweep. The first one is plain: it carries the signal to where there was none.
  double factor() const { return factor_; }

  /// Learns from how far a sweep with this factor has moved the states.
  void see(double change) {
    const double ratio = last_change_ > 0 ? change / last_change_ : 0.0;
    const bool comparable = ratio > 0 && factor_ == last_factor_;  // with the sweep before
    if (factor_ > 1) {
      see_relaxed(ratio, comparable);
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

  /// The factor by which the error seems to fall in a sweep; zero: not known, one or more: it does not.
  double rate() const { return rate_; }
  /// That of plain sweeps, which are no faster; zero: not known.
  double contraction() const { return rate_ < 1 ? std::max(contraction_, rate_) : contraction_; }

 private:
  void see_relaxed(double ratio, bool comparable) {
    stalls_ += ratio > stalling;
    const bool one_mode_is_left = comparable && std::abs(ratio - last_ratio_) < steady * ratio;
    if (!one_mode_is_left || ratio <= factor_ - 1 || ratio >= 1) return;
    const double root = (ratio + factor_ - 1) / factor_;  // Young's relation between the two
    contraction_ = std::max(contraction_, root * root / ratio);
  }

  // Where omega is too small one mode is left over, whose ratios agree; where it is not, they go on changing.
  static constexpr double steady = 0.02;
  // Where changes have stalled so often, which they may do when omega has just been chosen, plain sweeps come nearer
  // first: 6, then twice as many each time.
  static constexpr double stalling = 0.95;
  static constexpr int most_stalls = 3;
  static constexpr double most = 0.95;  // the estimate of the contraction is no better

  bool allowed_;
  double contraction_, factor_ = 1, rate_ = 0;
  double last_change_ = 0, last_ratio_ = 0, last_factor_ = 1;
  int stalls_ = 0, pause_ = 3, waiting_ = 0;
};

}  // namespace settle
