#include "src/netlist/record.h"

#include <utility>

namespace settle {

void Recorder::notify() {
  if (chip_ == nullptr) return;
  const double now_s = chip_->meter().now().to_seconds();
  if (chip_->driven_phase() != phase_) began_s_ = now_s;
  phase_ = chip_->driven_phase();
  if (phase_ == Phase::idle) return;
  RecordedPhase& phase = phase_ == Phase::free ? free_ : clamped_;
  const double time_s = now_s - began_s_;
  note_run(phase, time_s);
  if (!phase.time_s.empty() && time_s <= phase.time_s.back()) {  // the phase starts: membranes are where it does now
    phase.time_s.pop_back();
    phase.values.pop_back();
    phase.nudge.pop_back();
  }
  phase.time_s.push_back(time_s);
  NodeValues values = node_values(*chip_, chip_->state().chunk(0, 1));
  phase.values.push_back(phase_ == Phase::free ? std::move(values.free) : std::move(values.clamped));
  const Matrix<float>& error = chip_->nudged_error();
  phase.nudge.push_back(error.size() > 0 ? Vector<double>(error.col(0).cast<double>()) : Vector<double>());
}

// Time that has passed, but not in this phase, is none of it.
void Recorder::note_run(RecordedPhase& phase, double time_s) {
  const Time passed = chip_->meter().ledger().time(chip_->meter().section(), phase_);
  const bool went_on = !phase.runs.empty() && (passed != passed_ || time_s == phase.runs.back().to_s);
  passed_ = passed;
  if (went_on)
    phase.runs.back().to_s = time_s;
  else
    phase.runs.push_back({time_s, time_s});
}

}  // namespace settle
