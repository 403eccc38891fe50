// The lines that writing drives: which fire, and how many cells hang on them.
#pragma once

#include <vector>

#include "settle/models/crossbar/crossbar_spec.h"
#include "settle/models/device/pulse_train_block.h"
#include "settle/models/learning/programming_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// What fires in a round of pulses, added up over slots and physical arrays.
struct LineFirings {
  double word_lines = 0, bit_lines = 0;     // lines that fire
  double word_cells = 0, bit_cells = 0;     // cells on them
  double all_lines = 0, all_cells = 0;      // of the arrays in which something fires
  double selections = 0, decoder_load = 0;  // of word lines by decoders, and the sum of what each drives
  double slots = 0;                         // that pulses take, where word lines are pulsed one after another
};

class WriteLines {
 public:
  /// Of targets x sources weights. Arrays of cells that are fixed have no part in writing.
  WriteLines(const CrossbarSpec& spec, Index targets, Index sources);

  /// Word lines are pulsed one after another, each with its longest train up and then its longest train down, and with
  /// it the bit line of each pulse. Tiles that share a word line's sources take their turns at the same time.
  LineFirings of_counts(const Matrix<float>& counts, int threads) const;
  /// All lines of all arrays fire as their trains say, each from a generator of its own: nothing is selected.
  LineFirings of_trains(const PulseTrainBlock& trains) const;
  /// What decoders drive while all word lines of all arrays are selected, one after another.
  double decoder_load() const;
  /// The word lines of all arrays: a decoder's place for each.
  double word_lines() const;

 private:
  struct Tile {
    Index source, sources, target, targets;
    Index band;
    double bit_lines;  // and so cells on a word line
  };
  struct Band {
    Index target, targets;
  };
  std::vector<Tile> tiles_;
  std::vector<Band> bands_;  // the targets that tiles divide a word line's into
};

/// What a scheme makes of the lines that fire: cells that are not meant and the voltage on them, lines that are
/// charged.
struct Selection {
  double other_cells = 0;     // once for each slot
  double share = 0;           // of the pulse's voltage, on each of them
  double charged_lines = 0;   // that switch
  double charged_cells = 0;   // on those lines, each times the square of the line's share of the voltage
  double selected_lines = 0;  // of select transistors
  double selected_gates = 0;  // on those
};
Selection select(WriteScheme scheme, const LineFirings& fired, double pulses);

}  // namespace settle
