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
  /// Nominal energy so far, in joules.
  virtual double nominal_j() const = 0;
  /// For traces: so many joules of what has been booked are drawn evenly during `time`, from now on.
  virtual void spread(double joules, const sc_core::sc_time& time) = 0;
};

class PowerMeter : public sc_core::sc_module, public meter_if {
 public:
  PowerMeter(sc_core::sc_module_name name, const ChipSpec& chip, const CostSpec& cost = {})
      : sc_module(name), costs_(chip, cost) {}

  void book(const std::string& component, Action action, double count, const Estimate& energy_j) override {
    ledger_.book(section_, component, action, count, energy_j);
    nominal_j_ += energy_j[1];
  }
  const Costs& costs() const override { return costs_; }

  /// Which part of the run is under way.
  void enter(Section section) {
    section_ = section;
    entered_j_ = nominal_j_;
  }
  Section section() const { return section_; }
  const Ledger& ledger() const { return ledger_; }
  double nominal_j() const override { return nominal_j_; }

  void spread(double joules, const sc_core::sc_time& time) override {
    spread_j_ = joules;
    spread_time_ = time;
    spread_end_ = sc_core::sc_time_stamp() + time;
  }
  /// Nominal energy drawn since this part of the run was entered, in joules, and what is spread at present, in watts.
  double drawn_j() const { return nominal_j_ - entered_j_ - spread_w() * left_s(); }
  double spread_w() const { return left_s() > 0 ? spread_j_ / spread_time_.to_seconds() : 0.0; }

 private:
  double left_s() const {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    return now < spread_end_ ? (spread_end_ - now).to_seconds() : 0.0;
  }

  Costs costs_;
  Ledger ledger_;
  Section section_ = Section::programming;
  double nominal_j_ = 0, entered_j_ = 0, spread_j_ = 0;
  sc_core::sc_time spread_time_, spread_end_;
};

}  // namespace settle::hw
