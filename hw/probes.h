// Probes: write signals of the chip to a waveform.
#pragma once

#include <string>
#include <vector>

#include "settle/hw/chip_module.h"
#include "settle/hw/signals.h"
#include "settle/hw/systemc.h"

namespace settle::hw {

/// The part of time that a waveform shows, and how densely.
struct ProbeWindow {
  double start_s = 0;
  double end_s = 0;  // included; 0: all that follows
  Index every = 1;   // steps of a phase for one entry; the phase's start and end are always entries
};

/// Writes the chosen signals to a VCD file whenever the chip has made a step.
class Probes : public sc_core::sc_module {
 public:
  /// Adds ".vcd" to `file`, which is made with the first entry.
  Probes(sc_core::sc_module_name name, ChipModule& module, std::vector<Signal> signals, std::string file,
         const ProbeWindow& window = {});
  ~Probes() override;

  const std::vector<Signal>& signals() const { return signals_; }
  /// Entries so far, and the time of the first one, in seconds. Without any there is no file.
  Index entries() const { return entries_; }
  double first_s() const { return first_.to_seconds(); }

 private:
  void refresh();
  bool due();
  void open();
  void read();
  void close();

  struct Value {
    double analog = 0;
    bool logic = false;
    int integer = 0;
    sc_dt::uint64 text = 0;  // eight characters
  };

  ChipModule& module_;
  std::vector<Signal> signals_;
  std::vector<Value> values_;
  std::string path_;
  sc_core::sc_time start_, end_;
  Index every_;
  Index step_ = 0;  // of the present phase
  Phase phase_ = Phase::idle;
  Index entries_ = 0;
  sc_core::sc_time first_;
  sc_core::sc_trace_file* file_ = nullptr;
  sc_core::sc_event closing_;
};

}  // namespace settle::hw
