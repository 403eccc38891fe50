// Settle's own transient of a sample, step by step, for a deck that switches when it does.
#pragma once

#include <vector>

#include "src/netlist/nodes.h"

namespace settle {

/// Of one phase, a column of time: seconds since it began, what the compared nodes have (a fraction of full scale, a
/// logit), and what the nudge drives from then on.
struct RecordedPhase {
  std::vector<double> time_s;
  std::vector<Vector<double>> values;
  std::vector<Vector<double>> nudge;

  double end_s() const { return time_s.back(); }
};

/// Records the first sample that the substrate settles.
class Recorder : public sc_core::sc_module {
 public:
  Recorder(sc_core::sc_module_name name, hw::Substrate& substrate);

  const RecordedPhase& free() const { return free_; }
  const RecordedPhase& clamped() const { return clamped_; }

 private:
  void record();

  hw::Substrate& substrate_;
  std::vector<BankState<float>*> states_;
  hw::Substrate::Phase phase_ = hw::Substrate::Phase::idle;
  double began_s_ = 0;
  RecordedPhase free_, clamped_;
};

}  // namespace settle
