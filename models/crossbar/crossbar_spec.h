// The mapping of weights on devices: what is subtracted from a device's current, and how devices share physical arrays.
#pragma once

#include "settle/models/parameter.h"

namespace settle {

/// The current that is subtracted from that of a weight's device:
enum class Mapping {
  reference_array,   // that of a reference cell of its own, fixed
  reference_column,  // that of one column of fixed cells, shared by an array
  offset,            // a share of the sum of the inputs, without cells: the host or an adder knows it
  pair,              // that of a second device, which is written too; both move, each half the way
  proportional       // that of a second device; zero is both at their lower bounds, and one of them has the weight
};

/// The state of fixed reference cells: zero, or where the device's steps up and down are equal, so that noise pulls
/// weights towards zero instead of towards a bias (Gokmen and Haensch, Frontiers in Neuroscience 2020).
enum class Reference { zero, symmetry_point };

/// The columns that are subtracted: they alternate with those of weights in one array, or lie in arrays of their own.
enum class Columns { interleaved, separate };

/// Physical arrays: at most so many lines each (0: as many as there are); partial sums of tiles add up.
struct Tiling {
  std::int64_t word_lines = 128;
  std::int64_t bit_lines = 128;
  Columns columns = Columns::interleaved;
};

/// How an array that is read from both sides, as symmetric feedback needs, does both: at once, which takes two copies
/// of it; or the two directions take turns, each half of the time, in as long a settling, or in one twice as long.
enum class Turns { at_once, halves, twice };

/// The drive of lines whose read has a gain below one, feedback above all: full, and the gain is in what the sense
/// stage makes of the current; or in proportion to the gain.
enum class WeakDrive { full, scaled };

/// The section [crossbar].
struct CrossbarSpec {
  Mapping mapping = Mapping::reference_array;
  Reference reference = Reference::zero;
  Tiling tiling;  // keys tile_... and columns
  Turns turns = Turns::at_once;
  WeakDrive weak_drive = WeakDrive::full;
  double read_duty = 1;      // share of the time for which lines are driven
  double read_period_s = 0;  // of turns and of pulses; 0: a tenth of neuron.tau_s
};

inline Parameters parameters(CrossbarSpec& s) {
  return {
      {"mapping",
       choice(s.mapping, {{"reference-array", Mapping::reference_array},
                          {"reference-column", Mapping::reference_column},
                          {"offset", Mapping::offset},
                          {"pair", Mapping::pair},
                          {"proportional", Mapping::proportional}}),
       "What a weight's device is compared with: a fixed cell of its own, a column of fixed cells, a share of the sum "
       "of the inputs, or a second device (pair; proportional: zero is two devices off, so that current is in "
       "proportion to weights)."},
      {"reference", choice(s.reference, {{"zero", Reference::zero}, {"symmetry-point", Reference::symmetry_point}}),
       "State of the fixed cells: zero, or each device's symmetry point (reference-array)."},
      {"tile_word_lines", integer(s.tiling.word_lines, 0, 65536),
       "Most word lines of one array; 0: as many as there are."},
      {"tile_bit_lines", integer(s.tiling.bit_lines, 0, 65536),
       "Most bit lines of one array; 0: as many as there are."},
      {"columns", choice(s.tiling.columns, {{"interleaved", Columns::interleaved}, {"separate", Columns::separate}}),
       "Columns that are subtracted alternate with the others, or lie in arrays of their own."},
      {"turns", choice(s.turns, {{"at-once", Turns::at_once}, {"halves", Turns::halves}, {"twice", Turns::twice}}),
       "An array that is read from both sides: both at once (two copies of the array), or in turn, each half of the "
       "time, in the same settling time or in twice that."},
      {"weak_drive", choice(s.weak_drive, {{"full", WeakDrive::full}, {"scaled", WeakDrive::scaled}}),
       "Lines whose read has a gain below one (feedback): driven at full scale, or at the gain times that."},
      {"read_duty", from(1e-6, s.read_duty, 1),
       "Share of the time for which lines are driven while the circuit settles; in between drives are held."},
      {"read_period_s", from(0, s.read_period_s, 1),
       "Period of turns and of read pulses, in seconds; 0: a tenth of neuron.tau_s."}};
}

}  // namespace settle
