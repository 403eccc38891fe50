// Settle's own transient of a sample, step by step, for a deck that switches when it does.
#pragma once

#include <vector>

#include "src/netlist/nodes.h"

namespace settle {

/// One phase as it was recorded, with a column for each time: seconds since it began, values of the compared nodes (a
/// fraction of full scale, a logit), and what the nudge drives from then on.
struct RecordedPhase {
  /// A time in which the phase goes on; between two of them the chip does something else, with its lines driven.
  struct Run {
    double from_s, to_s;
  };

  std::vector<double> time_s;
  std::vector<Vector<double>> values;
  std::vector<Vector<double>> nudge;

  std::vector<Run> runs;

  double end_s() const { return time_s.back(); }
};

/// Records the first sample that a chip settles; the chip has it as its kernel.
class Recorder : public Kernel {
 public:
  void record(Chip& chip) { chip_ = &chip; }
  void notify() override;

  const RecordedPhase& free() const { return free_; }
  const RecordedPhase& clamped() const { return clamped_; }

 private:
  void note_run(RecordedPhase& phase, double time_s);

  Chip* chip_ = nullptr;
  Phase phase_ = Phase::idle;
  double began_s_ = 0;
  Time passed_;  // in this phase, up to the last record
  RecordedPhase free_, clamped_;
};

}  // namespace settle
