// What ends points of a sweep before their last epoch: a bar that each has to pass, and successive halving.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/sweep/database/run_record.h"

namespace settle {

/// A point whose test accuracy after this epoch is below the bar is stopped.
struct Bar {
  std::int64_t epoch = 1;
  double test_accuracy = 0;
};

/// Successive halving (Jamieson and Talwalkar 2016): after each of these epochs all points wait for each other, and
/// the best share of them goes on. The seeds of one combination are one contender, by their means.
struct Halving {
  std::vector<std::int64_t> after_epochs;  // rising
  double keep = 0.5;                       // above 0, below 1; rounded up to a contender
  std::string minimise;  // a column of the results, of which less is better; empty: accuracy alone counts
};

struct EarlyStopping {
  std::vector<Bar> bars;  // of rising epochs
  std::optional<Halving> halving;

  bool any() const { return !bars.empty() || halving; }
  std::size_t rungs() const { return halving ? halving->after_epochs.size() : 0; }
  /// The epochs after which a point is looked at on its way from `rung`, the comparisons that it has come through, to
  /// the next comparison or to its end, which is none of them; of epochs before `epochs`, its run's.
  std::vector<std::int64_t> stops_from(std::int64_t rung, std::int64_t epochs) const;
  /// Whether the last of these stops is a comparison.
  bool compares_after(std::int64_t rung, std::int64_t epochs) const;
  /// Why a point is stopped after this epoch, one line; empty: it goes on.
  std::string below_bar(const RunRecord& record, std::int64_t epoch) const;
};

/// A combination of settings in a comparison.
struct Contender {
  std::size_t number = 0;
  double accuracy = 0, cost = 0;  // means; NaN where nothing is known, which is worse than anything
};

/// The numbers of those that go on: of `contenders` the share `keep`, rounded up. They are ranked by Pareto fronts of
/// accuracy (more is better) and cost (less is better): the first front is what no other is at least as good as in
/// both, the second what is so without the first. Where not all of a front have a place, its two ends go first, and
/// then those that are farthest from their neighbours, so that neither the cheap nor the accurate are lost. With equal
/// costs fronts are the order of accuracy.
std::set<std::size_t> survivors(std::vector<Contender> contenders, double keep);

}  // namespace settle
