// The frame of a testbench: its sc_main, and the base of its module.
#pragma once

#include <string>
#include <systemc>

#include "settle/hw/sim_time.h"
#include "settle/models/cost/meter.h"
#include "testbenches/check.h"

namespace settle::testbench {

/// Elaborates a Bench from a name and the checks, traces it to NAME.vcd, and simulates to the end. Returns the exit
/// status.
template <class Bench>
int run(const char* name) {
  hw::set_time_resolution();
  Checks checks;
  Bench bench("bench", checks);
  sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(name);
  file->set_time_unit(1, sc_core::SC_FS);  // the resolution: no time falls between
  bench.trace(file);
  bench.simulate();
  sc_core::sc_close_vcd_trace_file(file);
  return checks.status();
}

/// The base of a testbench's module: traces its signals, and simulates.
class BenchModule : public sc_core::sc_module {
 public:
  BenchModule(sc_core::sc_module_name name, Checks& checks) : sc_module(name), checks_(checks) {}
  virtual void trace(sc_core::sc_trace_file* file) const = 0;
  virtual void simulate() { sc_core::sc_start(); }

 protected:
  /// Waits, and lets the same time pass on the meter's clock.
  void pass(Meter& meter, double seconds) {
    wait(hw::to_sc_time(seconds));
    meter.pass(Time::seconds(seconds));
  }

  Checks& checks_;
};

}  // namespace settle::testbench
