// What stands on the chip, and what that draws: lines that are driven, neurons that are on.
//
// A block of the chip is on while its lines are driven: through the settling, and until what is read of it has been
// converted. Then it is off, and what it must keep is held on capacitors.
#pragma once

#include <string>
#include <vector>

#include "settle/models/chip/converters.h"
#include "settle/models/chip/driven_lines.h"
#include "settle/models/chip/line_states.h"
#include "settle/models/circuit/read.h"

namespace settle {

class Chip;

class ChipPower {
 public:
  /// Looks at what the chip presents and drives, and books what that draws in the chip's meter.
  explicit ChipPower(Chip& chip) : chip_(chip) {}

  /// Tells that the drives of some lines have changed since this was called last: of any, those that neurons drive, or
  /// those of the nudge. What is known of others stays.
  void lines_change();
  void neurons_move();
  void error_changes();
  /// Lines are charged when they are first driven (those of feedback may come later), and released when the chip goes
  /// idle.
  void charge_lines();
  void release_lines();
  /// In a transient lines follow their neurons: keeps what they carry, and books how they have moved since.
  void note_lines();
  void book_swings();
  /// Books reads, and the static power of what is on, for `seconds` of each sample.
  void book_reads(double seconds);
  void book_standing(double seconds);

 private:
  bool is_driven(std::size_t read) const;
  LineStates lines_of(const Read<float>& read) const;
  LineStates lines_of(Index p) const;
  const LineSums& sums_of(std::size_t read);
  void forget(Role role);
  void book_bank(Index p, double seconds);
  void book_dac(const DacRow& dac, Index population, double seconds);
  void book_power(const std::string& component, const Action& action, double count, double watts, double seconds);

  Chip& chip_;
  bool charged_ = false;                     // whether lines hold their charge
  std::vector<bool> first_pulse_;            // by read: whether the pulse that comes next is booked with that charge
  std::vector<LineSums> charged_sums_;       // by read: when its lines were charged
  std::vector<LineSums> line_sums_;          // by read; empty where its lines have changed since
  std::vector<Matrix<float>> lines_before_;  // by population: in a transient, the lines before a step
};

}  // namespace settle
