// How many pulses to send to a device whose steps are noisy, when so many more rounds of writing are left.
#pragma once

#include <vector>

namespace settle {

/// The pulses that leave the least mean square error after some rounds of writing and verifying, for devices whose
/// pulse has a mean step of one and a noise of `noise` steps. By dynamic programming (Bellman, 1957), over an error e
/// in steps,
///     V_0(e) = e^2,  V_r(e) = min over n >= 0 of E[V_{r-1}(e - n + noise sqrt(n) xi)],  xi ~ N(0, 1):
/// a burst of n pulses brings sqrt(n) times the noise of one, which later rounds have to mend, and a small error is
/// left alone unless there are rounds enough to wait for luck. A controller that knows each device's step and sees its
/// state exactly leaves V; a real one leaves more.
class WritePlan {
 public:
  explicit WritePlan(double noise);

  /// Pulses towards the goal, at this distance in steps (>= 0), with `rounds` >= 1 left, this one among them.
  double pulses(double distance, int rounds);
  /// V: the mean square error, in steps, after `rounds` >= 0.
  double left(double distance, int rounds);

 private:
  struct Round {
    std::vector<double> pulses, left;  // by distance
  };

  const Round& round(int rounds);
  double expected(const std::vector<double>& left, double distance, double pulses) const;
  void add_round();

  double noise_;
  std::vector<Round> rounds_;
};

}  // namespace settle
