// The physical arrays that weights lie on.
#pragma once

#include <vector>

#include "settle/models/crossbar/crossbar_spec.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// Whether what is subtracted is a device that is written too.
inline bool has_two_devices(Mapping mapping) { return mapping == Mapping::pair || mapping == Mapping::proportional; }
/// Cells for each weight.
inline int cells_per_weight(Mapping mapping) {
  return mapping == Mapping::reference_array || has_two_devices(mapping) ? 2 : 1;
}

/// The number of weights that one array holds side by side: its bit lines, less those that the mapping needs.
Index weights_across(Mapping mapping, const Tiling& tiling, Index targets);

/// A bit line of an array, and the weights whose current it carries: those of target `target`, or what is subtracted
/// from them. A reference column is subtracted from `targets` targets, from `target` on.
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
/// The number of those arrays.
Index tiles(Mapping mapping, const Tiling& tiling, Index targets, Index sources);

}  // namespace settle
