// What a search looks for, and where: [search] of a sweep's file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/config/parse.h"
#include "src/sweep/design.h"

namespace settle {

/// A key that is searched over: numbers of a range, or one of some values.
struct SearchAxis {
  std::string key;
  std::optional<ValueRange> range;
  std::vector<Override> choices;  // without a range
  std::string place, folder;      // of the key in the sweep's file
};

/// A figure of the results (columns.h) that has to reach a value, or must not exceed it.
struct Limit {
  std::string figure;
  bool at_least = true;
  double value = 0;
};

struct SearchSpec {
  std::string goal;  // a figure of the results
  bool maximise = false;
  std::vector<Limit> limits;
  std::vector<SearchAxis> axes;
  std::int64_t rounds = 5, combinations = 12;  // of each round; every one with all seeds
  std::int64_t seed = 1;
};

}  // namespace settle
