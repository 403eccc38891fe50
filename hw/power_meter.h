// The power meter: every component books what it does here, where and when it happens.
#pragma once

#include <string>
#include <systemc>

#include "models/cost/costs.h"
#include "models/cost/ledger.h"

namespace settle::hw {

class meter_if : public sc_core::sc_interface {
 public:
  virtual void book(const std::string& component, Action action, double count, const Estimate& energy_j) = 0;
  virtual const Costs& costs() const = 0;
};

class PowerMeter : public sc_core::sc_module, public meter_if {
 public:
  PowerMeter(sc_core::sc_module_name name, const ChipSpec& chip) : sc_module(name), costs_(chip) {}

  void book(const std::string& component, Action action, double count, const Estimate& energy_j) override {
    ledger_.book(section_, component, action, count, energy_j);
    nominal_j_ += energy_j[1];
  }
  const Costs& costs() const override { return costs_; }

  /// Which part of the run is under way.
  void enter(Section section) { section_ = section; }
  Section section() const { return section_; }
  const Ledger& ledger() const { return ledger_; }
  /// Nominal energy so far, in joules, for traces.
  double nominal_j() const { return nominal_j_; }

 private:
  Costs costs_;
  Ledger ledger_;
  Section section_ = Section::programming;
  double nominal_j_ = 0;
};

}  // namespace settle::hw
