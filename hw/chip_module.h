// The chip in SystemC: the models' chip, whose time is the simulation's, with a module for each array and each bank.
//
// In a transient the banks step on events, and their states travel over channels through the arrays' modules. The
// operating point and the map are solved for the circuit as a whole: there a module stands for its part in names alone.
//
// The chip counts the time that it lets pass itself. What passes by sc_core::wait alone it does not see: its devices do
// not age and its ledger lags behind. Chip::pass lets both pass.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "settle/hw/neuron_bank_module.h"
#include "settle/hw/sim_time.h"
#include "settle/hw/systemc.h"
#include "settle/models/chip/chip.h"

namespace settle::hw {

class ChipModule : public sc_core::sc_module, public Kernel {
 public:
  Chip chip;

  ChipModule(sc_core::sc_module_name name, const ChipDesign& design);

  /// Notified after each step of a transient and when the phase changes.
  const sc_core::sc_event& stepped() const { return stepped_; }

  /// For waveforms: the nominal energy drawn since start_meter(), in joules, and the power that is drawn at present, in
  /// watts: what has been booked since the last time that passed is drawn evenly in the time that passes now. So power,
  /// integrated over time, is the energy. Pulses and the reads that verify them are booked before the host's time for
  /// them has passed, and together: what is booked in phases update and verify waits for the time that passes there.
  void start_meter();
  double drawn_j() const { return chip.meter().supplied_j() - started_j_ - later_j_ - even_w() * left_s(); }
  double even_w() const { return left_s() > 0 ? even_j_ / even_time_.to_seconds() : 0.0; }

  // Kernel: what the chip asks of the simulation.
  void wait(Time time) override;
  void start_transient(Chip& chip) override;
  void step(Chip& chip, double step_s) override;
  void notify() override { stepped_.notify(sc_core::SC_ZERO_TIME); }

 private:
  double left_s() const;

  std::vector<std::unique_ptr<StateChannel>> states_;       // of hidden populations
  std::vector<std::unique_ptr<NeuronBankModule>> banks_;    // of hidden populations
  std::vector<std::unique_ptr<CrossbarModule>> crossbars_;  // in the order of Chip::crossbars()
  sc_core::sc_event stepped_;
  double started_j_ = 0;
  double spread_j_ = 0, even_j_ = 0;  // what has been drawn until time has passed, and what of it in that time
  std::map<Phase, double> written_j_ = {
      {Phase::update, 0}, {Phase::verify, 0}};  // of phases update and verify: what has been drawn of theirs
  double later_j_ = 0;                          // what has been booked there, and waits
  sc_core::sc_time even_time_, even_end_;
};

}  // namespace settle::hw
