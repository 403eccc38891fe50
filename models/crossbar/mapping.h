// How weights lie on conductances: what a weight is the difference of, and how devices share physical arrays.
#pragma once

#include <vector>

#include "models/numeric/matrix.h"

namespace settle {

/// What is subtracted from the current of a weight's device.
enum class Mapping {
  reference_array,   // that of a reference cell of its own, fixed
  reference_column,  // that of one column of fixed cells, shared by an array
  offset,            // a share of the sum of the inputs, without cells: the host or an adder knows it
  pair               // that of a second device, which is written too
};

/// The state of fixed reference cells: zero, or where the device's steps up and down are equal, so that noise pulls
/// weights towards zero instead of towards a bias (Gokmen and Haensch, Frontiers in Neuroscience 2020).
enum class Reference { zero, symmetry_point };

/// The columns of weights and those of what is subtracted alternate in one array, or lie in arrays of their own.
enum class Columns { interleaved, separate };

/// Physical arrays: at most so many lines each (0: as many as there are); partial sums of tiles add up.
struct Tiling {
  Index word_lines = 0;
  Index bit_lines = 0;
  Columns columns = Columns::interleaved;
};

/// Cells for each weight.
inline int cells_per_weight(Mapping mapping) {
  return mapping == Mapping::reference_array || mapping == Mapping::pair ? 2 : 1;
}

/// The weights that one array holds side by side: bit lines, less what the mapping needs of them.
Index weights_across(Mapping mapping, const Tiling& tiling, Index targets);

/// A bit line of an array, and whose current it is: of the weights of target `target`, or what is subtracted from
/// them; a reference column's is subtracted from `targets` of them, from `target` on.
struct BitLine {
  Index target;
  Index targets;
  bool subtracted;
};

/// A physical array: the word lines of `sources` sources from `source` on, and these bit lines, in their order.
struct ArrayLayout {
  Index source;
  Index sources;
  std::vector<BitLine> bit_lines;
};

/// The arrays that targets x sources weights lie on.
std::vector<ArrayLayout> arrays(Mapping mapping, const Tiling& tiling, Index targets, Index sources);
/// Their number.
Index tiles(Mapping mapping, const Tiling& tiling, Index targets, Index sources);

}  // namespace settle
