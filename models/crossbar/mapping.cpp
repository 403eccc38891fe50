#include "settle/models/crossbar/mapping.h"

#include <algorithm>

namespace settle {

Index weights_across(Mapping mapping, const Tiling& tiling, Index targets) {
  if (tiling.bit_lines == 0) return targets;
  const bool shared = tiling.columns == Columns::interleaved && cells_per_weight(mapping) == 2;
  const Index lines = tiling.bit_lines - (mapping == Mapping::reference_column ? 1 : 0);
  return std::clamp<Index>(shared ? lines / 2 : lines, 1, targets);
}

std::vector<ArrayLayout> arrays(Mapping mapping, const Tiling& tiling, Index targets, Index sources) {
  const bool two = cells_per_weight(mapping) == 2, alternating = tiling.columns == Columns::interleaved;
  const Index across = weights_across(mapping, tiling, targets);
  const Index down = tiling.word_lines == 0 ? sources : std::min(tiling.word_lines, sources);
  std::vector<ArrayLayout> all;
  for (Index source = 0; source < sources; source += down) {
    for (Index target = 0; target < targets; target += across) {
      const Index count = std::min(across, targets - target);
      ArrayLayout first{source, std::min(down, sources - source), {}};
      ArrayLayout second = first;
      for (Index k = target; k < target + count; ++k) {
        first.bit_lines.push_back({k, 1, false});
        if (two) (alternating ? first : second).bit_lines.push_back({k, 1, true});
      }
      if (mapping == Mapping::reference_column) first.bit_lines.push_back({target, count, true});
      all.push_back(std::move(first));
      if (!second.bit_lines.empty()) all.push_back(std::move(second));
    }
  }
  return all;
}

Index tiles(Mapping mapping, const Tiling& tiling, Index targets, Index sources) {
  return Index(arrays(mapping, tiling, targets, sources).size());
}

}  // namespace settle
