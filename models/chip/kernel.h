// The kernel of a chip: what makes its time pass. Without SystemC time is only counted; in SystemC, processes wait for
// it and events mark it.
#pragma once

#include "settle/models/numeric/time.h"

namespace settle {

class Chip;

class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Time passes, in which the chip draws evenly what has been booked since the last time that passed.
  virtual void wait(Time) {}
  /// A phase of a transient begins, with every bank where the phase starts (Transient::start).
  virtual void start_transient(Chip& /*chip*/) {}
  /// One step of a transient, whose time has passed: all banks advance from the states before it (Transient::step).
  virtual void step(Chip& chip, double step_s);
  /// Tells observers that the phase has changed or that a step has been made.
  virtual void notify() {}
};

}  // namespace settle
