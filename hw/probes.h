// Probes: signals of the chip that are written to a waveform, in volts, watts and joules.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/power_meter.h"
#include "hw/substrate.h"

namespace settle::hw {

/// How a waveform viewer should show a signal.
enum class SignalKind { logic, analog };

struct Signal {
  std::string name;   // "hidden1.v0"; a glob chooses among these
  std::string group;  // what it belongs to: heads a part of the display
  SignalKind kind;
  std::function<double()> read;
};

/// All signals of a chip: phases; of the first `neurons` of each population the output and, in the clamped phase, its
/// difference to the free state, in volts; the nudge; power and energy.
std::vector<Signal> chip_signals(Substrate& substrate, const PowerMeter& meter, Index neurons);

/// Writes the chosen signals to a VCD file whenever the substrate has made a step.
class Probes : public sc_core::sc_module {
 public:
  /// Adds ".vcd" to `file`. Before the simulation starts.
  Probes(sc_core::sc_module_name name, Substrate& substrate, std::vector<Signal> signals, const std::string& file);
  ~Probes() override;

  const std::vector<Signal>& signals() const { return signals_; }

 private:
  void refresh();

  std::vector<Signal> signals_;
  std::vector<double> analog_;
  std::unique_ptr<bool[]> logic_;
  sc_core::sc_trace_file* file_;
};

}  // namespace settle::hw
