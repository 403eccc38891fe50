// The chip's meter: every component books here what it does, and where and when that happens; and simulated time passes
// here.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "settle/models/cost/costs.h"
#include "settle/models/cost/figures.h"
#include "settle/models/cost/ledger.h"

namespace settle {

class Meter {
 public:
  explicit Meter(const ChipSpec& chip, const CostSpec& cost = {}) : costs_(chip, cost) {
    ChipSpec of_chip = chip;
    CostSpec of_cost = cost;
    figures_.add("chip", parameters(of_chip));
    figures_.add("cost", parameters(of_cost));
  }

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
  void book(const std::string& component, const Action& action, double count, const Energy& energy,
            double seconds = 0) {
    ledger_.book(section_, phase(), component, action, count, energy, seconds);
    note_supplied(energy.supplied);
  }
  /// Adds something that draws power as long as time passes, so many watts in each section.
  void add_standing(const std::string& component, const Action& action, const std::array<double, 3>& watts) {
    standing_.push_back({component, &action, watts});
  }
  /// Books what stands, for a time in the present section and phase.
  void stand(Time time) {
    for (const Standing& s : standing_) {
      const double watts = s.watts[std::size_t(section_)];
      if (watts == 0 || time == Time()) continue;
      ledger_.stand(section_, phase(), s.component, *s.action, watts, time);
      note_supplied(watts * time.to_seconds());
    }
  }
  /// Has converters' codes written to and read from a memory, at an energy for each 64 bits.
  void keep_codes(const std::string& component, const Energy& word_j) {
    code_memory_ = component;
    code_word_j_ = word_j;
  }
  /// Books so many codes of `bits` bits that are written to that memory, or read from it; nothing where there is none.
  void book_codes(double codes, int bits) {
    if (code_memory_.empty()) return;
    const double words = codes * bits / 64;
    book(code_memory_, action::converter_codes, words, code_word_j_ * words);
  }

  /// Has codes travel so far between converters and host.
  void set_link(double mm) { link_mm_ = mm; }
  /// Books so many codes that `component` gets from the host's memory or sends there, and their way.
  void carry_codes(const std::string& component, double codes, int bits) {
    book_codes(codes, bits);
    if (link_mm_ > 0) book(component, action::code_link, codes * bits, costs_.link_j(codes * bits, link_mm_));
  }

  /// What the rails have supplied so far, in joules; and what of it in one phase.
  double supplied_j() const { return supplied_j_; }
  double supplied_j(Phase phase) const { return supplied_in_j_[std::size_t(phase)]; }

  /// The figures that the energies depend on; a component adds those that are its own.
  Figures& figures() { return figures_; }
  const Figures& figures() const { return figures_; }

  /// Lets time pass, in the present section and phase.
  void pass(Time time) {
    ledger_.pass(section_, phase(), time);
    now_ += time;
  }
  Time now() const { return now_; }

  /// What has been booked, and the time that has passed. What is supplied_j() begins anew: waveforms show its changes.
  void visit_state(Archive& archive) {
    archive.group("meter", [&] {
      archive.time("now_fs", now_);
      ledger_.visit_state(archive);
    });
  }

 private:
  struct Standing {
    std::string component;
    const Action* action;
    std::array<double, 3> watts;  // by section
  };

  void note_supplied(double joules) {
    supplied_j_ += joules;
    supplied_in_j_[std::size_t(phase())] += joules;
  }

  Costs costs_;
  Ledger ledger_;
  Section section_ = Section::programming;
  Phase phase_ = Phase::idle, kept_phase_ = Phase::idle;
  bool kept_ = false;
  double supplied_j_ = 0;
  std::array<double, 16> supplied_in_j_{};  // by phase
  std::vector<Standing> standing_;
  std::string code_memory_;
  Energy code_word_j_;
  double link_mm_ = 0;
  Figures figures_;
  Time now_;
};

}  // namespace settle
