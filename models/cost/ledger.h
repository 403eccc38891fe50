// The account of what a run has cost: which component did what, how often, for how many joules.
#pragma once

#include <string>
#include <vector>

#include "models/cost/estimate.h"

namespace settle {

/// What costs energy. The order is that of the table of actions.
enum class Action {
  input_conversion,
  line_charge,
  array_read,
  neuron_bias,
  sample_hold,
  difference_amplifier,
  output_conversion,
  write_pulse,
  host_arithmetic,
  host_update
};

struct ActionInfo {
  Action action;
  const char* name;
  const char* unit;    // what is counted
  const char* source;  // where the figure comes from
};

const std::vector<ActionInfo>& actions();
const ActionInfo& info(Action action);

/// Which part of a run a cost belongs to.
enum class Section { programming, training, inference };
const char* name(Section section);

class Ledger {
 public:
  struct Row {
    Section section;
    std::string component;
    Action action;
    double count = 0;
    Estimate energy_j = {0, 0, 0};
  };

  void book(Section section, const std::string& component, Action action, double count, const Estimate& energy_j);

  const std::vector<Row>& rows() const { return rows_; }
  /// The sum of one section, or of all.
  Estimate total_j(Section section) const;
  Estimate total_j() const;

 private:
  __extension__ typedef __int128 Units;
  using Sum = std::array<Units, 3>;

  std::vector<Sum> sums_;  // of each row's energy, in units of 2^-110 J: whole numbers add up the same in any order
  std::vector<Row> rows_;  // few: a row for each component, action and section that occurs
};

}  // namespace settle
