// The account of what a run has cost: which component did what, when, how often, for how long and how many joules.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/cost/action.h"
#include "settle/models/cost/energy.h"
#include "settle/models/numeric/time.h"

namespace settle {

/// The part of a run that a cost belongs to.
enum class Section { programming, training, inference };
const char* name(Section section);

/// The phase that the chip is in: a step of a sample's way, or something between samples. Time passes in one phase at a
/// time.
enum class Phase {
  idle,
  load,         // pixels to the input's lines
  free,         // settling without a nudge
  readout,      // converting the logits
  host,         // the digital host computes: error, outer products, optimiser
  hold,         // sampling the free states
  nudge,        // errors to the nudge's lines
  clamped,      // settling under the nudge
  contrast,     // converting differences and held states
  update,       // pulses
  verify,       // reading what pulses have written
  calibration,  // calibrating the difference amplifiers' zeros
};
const std::vector<Phase>& phases();
const char* name(Phase phase);

/// All that a run has spent, by section, phase, component and action.
class Ledger {
 public:
  /// What one component has spent on one action in one phase of a section.
  struct Row {
    Section section;
    Phase phase;
    std::string component;
    const Action* action;
    double count = 0;
    double seconds = 0;  // that the component has worked, added up over samples
    Energy energy{};     // with every figure at its nominal value
  };

  void book(Section section, Phase phase, const std::string& component, const Action& action, double count,
            const Energy& energy, double seconds = 0);
  /// Books a power for a time: how many seconds, and their energy. Times add up exactly, however they are cut up.
  void stand(Section section, Phase phase, const std::string& component, const Action& action, double watts, Time time);
  /// Adds simulated time to a phase of a section.
  void pass(Section section, Phase phase, Time time);

  const std::vector<Row>& rows() const { return rows_; }
  /// The simulated time of a phase of a section, of a section, and of everything. The parts add up exactly.
  Time time(Section section, Phase phase) const { return times_[std::size_t(section)][std::size_t(phase)]; }
  Time time(Section section) const;
  Time time() const;
  /// Everything that was supplied, dissipated and stored, of one section, or of all.
  Energy total(Section section) const;
  Energy total() const;

  /// Everything that is booked, to the last unit. InputError for actions that there are not.
  void visit_state(Archive& archive);

 private:
  __extension__ typedef __int128 Units;  // NOLINT(modernize-use-using): which takes no __extension__
  using Sum = std::array<Units, 3>;

  void visit_names(Archive& archive);
  void visit_sums(Archive& archive);
  void visit_times(Archive& archive);

  std::size_t row_of(Section section, Phase phase, const std::string& component, const Action& action);
  static Energy energy_of(const Sum& sum);
  template <class Wanted>
  Energy sum_of(const Wanted& wanted) const;

  // The energy of each row, in units of 2^-110 J, and its seconds, in units of 2^-90 s. Whole numbers add up to the
  // same sum in any order.
  std::vector<Sum> sums_;
  std::vector<Units> seconds_;
  std::vector<Time> stood_;  // of rows that stand, instead of those seconds
  std::vector<Row> rows_;    // few: a row for each section, phase, component and action that occurs
  std::array<std::array<Time, 16>, 3> times_{};
};

}  // namespace settle
