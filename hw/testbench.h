// A testbench of one's own around parts of a chip: crossbars, neuron banks and sources, coupled by name; their nodes as
// signals for modules of one's own; a waveform with an arranged save file for GTKWave. docs/testbench.md is a tutorial.
//
//   hw::Testbench bench("bench");
//   bench.source("input", 16, [](Index line, double s) { return 0.5 * std::sin(6.28e6 * s + line); });
//   bench.crossbar("array", 16, 8).set_weights(weights, 1);
//   bench.bank("neurons", 8);
//   bench.couple("input", "array", "neurons");
//   MyAdc adc("adc");
//   adc.input(bench.node("neurons.v0"));
//   bench.run(2e-6);
//
// States are of full scale 1 inside, and volts at nodes (ChipSpec::neuron_full_scale_v). Time goes in steps of
// `step_s`, in which all banks and sources move at once. What cannot be is refused by SC_REPORT_ERROR with the name of
// the bench, which throws unless sc_report_handler says otherwise.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "settle/hw/signals.h"
#include "settle/hw/systemc.h"
#include "settle/hw/testbench_parts.h"
#include "settle/models/cost/meter.h"
#include "settle/models/netlist/assembly.h"

namespace settle::hw {

class Testbench : public sc_core::sc_module {
 public:
  /// Sets SystemC's resolution to a femtosecond: to be made before any other module. `seed` draws devices and neurons.
  explicit Testbench(sc_core::sc_module_name name, double step_s = 1e-9, std::uint64_t seed = 1);
  ~Testbench() override;

  /// Parts. Names are letters, digits and underscores, each once.
  CrossbarMacro& crossbar(const std::string& part, Index sources, Index targets, const ArraySpec& spec = ArraySpec());
  Neurons& bank(const std::string& part, Index size, const BankSpec& spec = BankSpec());
  void source(const std::string& part, Index size, Waveform waveform);
  /// A source whose line `line` follows a signal, in volts: what a signal is when a step begins is on the line after
  /// it. `signals` has one for each line, and they outlive the bench.
  void source(const std::string& part, const std::vector<const sc_core::sc_signal<double>*>& signals);

  /// The bank `to` is driven by what `array` gives times `gain` when `from`, a bank or a source, drives its word lines
  /// (or its bit lines: the same devices backwards). Sizes have to match.
  void couple(const std::string& from, const std::string& array, const std::string& to, double gain = 1,
              Side driven = Side::word_lines);

  /// A node as a signal: "neurons.v0" and "input.v3", in volts; "array.g2_5", the conductance behind the weight of
  /// target 2 and source 5, in siemens; "energy_j", of all reads so far. It is written after each step. To be asked for
  /// before run().
  sc_core::sc_signal<double>& node(const std::string& name);
  /// Puts nodes into the waveform: those that match a glob, such as "*.v*" or "array.g0_*". Without a call, all
  /// voltages.
  void probe(const std::string& glob);
  /// Puts a signal of one's own into the waveform, under "part.quantity".
  void probe(const sc_core::sc_signal<double>& signal, const std::string& name);
  void probe(const sc_core::sc_signal<int>& signal, const std::string& name);
  void probe(const sc_core::sc_signal<bool>& signal, const std::string& name);
  /// Likewise a number of one's own, which is read as time moves on, and is there as long as the bench runs.
  void probe(const double* value, const std::string& name);
  void probe(const int* value, const std::string& name);
  void probe(const bool* value, const std::string& name);

  /// Simulates so many seconds, from where it is; the first call makes the waveform NAME.vcd and NAME.gtkw, in the
  /// current folder, with NAME the bench's, and prints the command that opens it.
  void run(double seconds);
  /// Likewise, until a module of one's own stops the simulation (sc_stop).
  void run();
  /// Lets time pass, on the meter's clock too, in which all parts stand still: that of pulses and reads of one's own.
  void pass(double seconds);
  /// The next run starts anew, in steps of `step_s` (0: of those so far): membranes are reset, and sources begin.
  void restart(double step_s = 0);

  /// Writes NAME.cir, a deck for ngspice of the parts and of what has been run since they started, with devices and
  /// drives as they are now, and prints the command that runs it. ngspice -b then writes NAME_spice.txt: a row for each
  /// step, a column for each voltage of a bank or a source. Noise is left out. To be called after run().
  void write_deck();

  Meter& meter() { return meter_; }

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  void check_step(double step_s) const;
  void check_part(const std::string& part) const;
  void expect_there(const void* value, const std::string& name) const;
  StateChannel& output_of(const std::string& part);
  Index size_of(const std::string& part) const;
  std::vector<Signal> all_nodes() const;
  Signal node_called(const std::string& name) const;
  sc_core::sc_signal<double>& add_node(const Signal& node);
  void begin();
  void live();
  void start();
  void step();
  void book(double seconds);
  void simulate(const std::function<void()>& run);
  bool has_lines() const { return !banks_.empty() || !sources_.empty(); }
  void refresh();
  void write_save_file();
  spice::Assembly spice_assembly() const;
  std::vector<spice::ReadPart> spice_reads() const;
  sc_core::sc_trace_file* trace_file();

  double step_s_;
  const std::uint64_t seed_;
  Meter meter_{ChipSpec{}};
  std::vector<std::string> order_;  // of parts, as they were made
  std::map<std::string, std::unique_ptr<CrossbarMacro>> arrays_;
  std::map<std::string, std::unique_ptr<CrossbarModule>> array_modules_;
  std::map<std::string, std::unique_ptr<Neurons>> banks_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  std::vector<Coupling> couplings_;
  std::map<std::string, std::unique_ptr<sc_core::sc_signal<double>>> nodes_;
  std::vector<Signal> shown_;  // in the waveform
  sc_core::sc_trace_file* file_ = nullptr;
  std::map<std::string, std::function<double()>> readers_;  // of nodes
  std::exception_ptr failed_;
  sc_core::sc_event resumed_;
  bool began_ = false;
  bool starts_ = true;       // before the next step
  Index steps_ = 0;          // since the parts started
  double to_pass_s_ = 0;     // before the next step
  bool has_passed_ = false;  // time, since the parts started
};

}  // namespace settle::hw
