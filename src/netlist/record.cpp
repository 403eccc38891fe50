#include "src/netlist/record.h"

namespace settle {

using Phase = hw::Substrate::Phase;

Recorder::Recorder(sc_core::sc_module_name module_name, hw::Substrate& substrate)
    : sc_module(module_name), substrate_(substrate), states_(std::size_t(substrate.loop().populations()), nullptr) {
  SC_HAS_PROCESS(Recorder);
  SC_METHOD(record);
  sensitive << substrate.stepped();
  dont_initialize();
  for (Index p = 1; p < substrate.loop().readout(); ++p) states_[std::size_t(p)] = &substrate.bank(p).state();
}

void Recorder::record() {
  const double now_s = sc_core::sc_time_stamp().to_seconds();
  if (substrate_.phase() != phase_) began_s_ = now_s;
  phase_ = substrate_.phase();
  if (phase_ == Phase::idle) return;
  RecordedPhase& phase = phase_ == Phase::free ? free_ : clamped_;
  const double time_s = now_s - began_s_;
  if (!phase.time_s.empty() && time_s <= phase.time_s.back()) {  // the error was computed anew: a new nudge from now on
    phase.time_s.pop_back();
    phase.values.pop_back();
    phase.nudge.pop_back();
  }
  phase.time_s.push_back(time_s);
  phase.values.push_back(node_values(substrate_.loop(), Chunk<float>{&states_, 0, 1}).total());
  const Matrix<float>& error = substrate_.nudged_error();
  phase.nudge.push_back(error.size() > 0 ? Vector<double>(error.col(0).cast<double>()) : Vector<double>());
}

}  // namespace settle
