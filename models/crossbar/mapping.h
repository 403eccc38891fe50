// How weights lie on conductances: what a weight is the difference of, and how devices share physical arrays.
#pragma once

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
/// The number of arrays of targets x sources weights.
Index tiles(Mapping mapping, const Tiling& tiling, Index targets, Index sources);

}  // namespace settle
