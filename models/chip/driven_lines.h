// The lines of an array that are driven: what their sources supply, and what charges them.
#pragma once

#include <vector>

#include "settle/models/chip/line_states.h"
#include "settle/models/crossbar/crossbar.h"

namespace settle {

/// Sums over the lines of a block that are driven at full scale, chunk by chunk.
struct LineSums {
  struct OfChunk {
    double currents = 0;  // of the magnitudes of what each line's source supplies, in siemens
    double products = 0;  // of that with each line's state
    double swings = 0;    // of the magnitudes of states
    double squares = 0;   // of their squares
  };
  Side driven = Side::word_lines;
  std::vector<OfChunk> chunks;
};

/// The lines of a side that are driven, with the conductance on each.
class DrivenLines {
 public:
  /// Refers to all three, which outlive it.
  DrivenLines(const Crossbar& model, Side driven, const Vector<float>& conductance);

  /// The sums over lines of states x, a column for each read; and of columns first to first + count of states that the
  /// lines carry as they are, in one read a sample.
  LineSums::OfChunk sums(ConstView<float> x) const;
  LineSums::OfChunk sums(const LineStates& x, Index first, Index count) const;
  /// The states of all lines: x, and below them those of reference columns where they are driven. `all` is scratch.
  static ConstView<float> with_references(const Crossbar& model, Side driven, ConstView<float> x, Matrix<float>& all);

 private:
  // Lines of an array that are driven differently exchange current through its wires: line i, which sends g_i x_i to
  // the sensed side, gives K_ij (x_i - x_j) to each other line j, since both raise the voltages of the sensed lines. K
  // is of first order in the resistance that two cells' ways to the end of a sensed line have in common, with cells
  // that are alike: K_ij = ohm g_i g_j / (number of sensed lines).
  struct Exchange {
    Index lines;         // driven ones of a tile, by state
    double ohm;          // over the number of sensed lines; 0: they exchange nothing
    bool with_inverses;  // each state drives two lines, x and -x: sums over all lines vanish
  };
  static Exchange exchange_of(const Crossbar& model, Side driven);

  // Whether each line supplies its own conductance's current, whatever others carry.
  bool is_plain() const { return exchange_.ohm == 0 && curvature_ == 0 && references_.size() == 0; }

  const Crossbar& model_;
  Side driven_;
  const Vector<float>& conductance_;
  Exchange exchange_;
  double curvature_;
  Vector<double> references_;  // of driven reference columns: the conductance of each array's, which carries -sum x
};

}  // namespace settle
