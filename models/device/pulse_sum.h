// The sums that a round of pulses leaves for its energy.
#pragma once

namespace settle {

/// A round of pulses, as its energy needs it: the number of pulses, and the sum over them of the state (before + after)
/// / 2, from which the mean conductance during a pulse follows.
struct PulseSum {
  double pulses = 0;
  double state = 0;

  PulseSum& operator+=(const PulseSum& other) {
    pulses += other.pulses;
    state += other.state;
    return *this;
  }
};

}  // namespace settle
