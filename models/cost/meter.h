// The chip's meter: every component books here what it does, and where and when that happens; and simulated time passes
// here.
#pragma once

#include <string>

#include "models/cost/costs.h"
#include "models/cost/ledger.h"

namespace settle {

class Meter {
 public:
  explicit Meter(const ChipSpec& chip, const CostSpec& cost = {}) : costs_(chip, cost) {}

  const Costs& costs() const { return costs_; }
  const Ledger& ledger() const { return ledger_; }

  /// Enters a part of the run: what is booked from now on belongs to it.
  void enter(Section section) { section_ = section; }
  Section section() const { return section_; }
  /// Enters a phase. While a phase is kept, what happens belongs to that one, whatever is entered.
  void enter(Phase phase) { phase_ = phase; }
  Phase phase() const { return kept_ ? kept_phase_ : phase_; }
  void keep(Phase phase) {
    kept_ = true;
    kept_phase_ = phase;
  }
  void release() { kept_ = false; }

  /// Books an action of `component` in the present phase: how many of its units, their energy, and how many seconds it
  /// took in all.
  void book(const std::string& component, const Action& action, double count, const Estimate& energy_j,
            double seconds = 0) {
    ledger_.book(section_, phase(), component, action, count, energy_j, seconds);
    nominal_j_ += energy_j[1];
  }
  /// Nominal energy so far, in joules.
  double nominal_j() const { return nominal_j_; }

  /// Lets time pass, in the present section and phase.
  void pass(Time time) {
    ledger_.pass(section_, phase(), time);
    now_ += time;
  }
  Time now() const { return now_; }

 private:
  Costs costs_;
  Ledger ledger_;
  Section section_ = Section::programming;
  Phase phase_ = Phase::idle, kept_phase_ = Phase::idle;
  bool kept_ = false;
  double nominal_j_ = 0;
  Time now_;
};

}  // namespace settle
