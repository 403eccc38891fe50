// Probes: write signals of the chip to a waveform.
#pragma once

#include <string>
#include <systemc>
#include <vector>

#include "hw/signals.h"
#include "hw/substrate.h"

namespace settle::hw {

/// Which part of time a waveform shows, and how densely.
struct ProbeWindow {
  double start_s = 0;
  double end_s = 0;  // included; 0: all that follows
  Index every = 1;   // of a phase's steps, one in so many is an entry; its start and its end always are
};

/// Writes the chosen signals to a VCD file whenever the substrate has made a step.
class Probes : public sc_core::sc_module {
 public:
  /// Adds ".vcd" to `file`, which is made with the first entry.
  Probes(sc_core::sc_module_name name, Substrate& substrate, std::vector<Signal> signals, std::string file,
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

  Substrate& substrate_;
  std::vector<Signal> signals_;
  std::vector<Value> values_;
  std::string path_;
  sc_core::sc_time start_, end_;
  Index every_;
  Index step_ = 0;  // of the present phase
  Substrate::Phase phase_ = Substrate::Phase::idle;
  Index entries_ = 0;
  sc_core::sc_time first_;
  sc_core::sc_trace_file* file_ = nullptr;
  sc_core::sc_event closing_;
};

}  // namespace settle::hw
