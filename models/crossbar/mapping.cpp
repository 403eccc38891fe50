#include "models/crossbar/mapping.h"

#include <algorithm>

namespace settle {

Index weights_across(Mapping mapping, const Tiling& tiling, Index targets) {
  if (tiling.bit_lines == 0) return targets;
  const bool shared = tiling.columns == Columns::interleaved && cells_per_weight(mapping) == 2;
  const Index lines = tiling.bit_lines - (mapping == Mapping::reference_column ? 1 : 0);
  return std::clamp<Index>(shared ? lines / 2 : lines, 1, targets);
}

Index tiles(Mapping mapping, const Tiling& tiling, Index targets, Index sources) {
  const auto pieces = [](Index whole, Index piece) { return (whole + piece - 1) / piece; };
  const Index down = tiling.word_lines == 0 ? 1 : pieces(sources, tiling.word_lines);
  const bool two_each = cells_per_weight(mapping) == 2 && tiling.columns == Columns::separate;
  return (two_each ? 2 : 1) * down * pieces(targets, weights_across(mapping, tiling, targets));
}

}  // namespace settle
