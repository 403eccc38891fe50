// The rounds of a search: what its points are, and when the next ones are known.
#pragma once

#include <vector>

#include "src/sweep/database/sweep_store.h"
#include "src/sweep/points.h"
#include "src/sweep/search/propose.h"
#include "src/sweep/sweep_file.h"

namespace settle {

/// Gives the axes of a search its first round. Combinations that no chip can have are left out; InputError, that of one
/// of them, where fewer than two are left.
void begin_search(SweepFile& sweep);

/// Adds to `sweep` and `points` the rounds that the store has and they have not.
void take_rounds(SweepStore& store, SweepFile& sweep, std::vector<Point>& points);

/// When all points of the last round are over: proposes the next one, unless another process has done so, and adds it
/// to the store, `sweep` and `points`. False where there is none: the search is over, or points are not.
bool begin_next_round(SweepStore& store, SweepFile& sweep, std::vector<Point>& points);

/// The combinations that have been run, with the means over the seeds that ended well or were stopped.
std::vector<Trial> trials_of(const SweepFile& sweep, const ResultsTable& results);

/// What a search has found, for standard output: the best combination, and the Pareto front of the goal against the
/// first limit's figure (test accuracy without one), with what each costs. `see` is the command that shows more.
std::string answer(const SweepFile& sweep, const ResultsTable& results, const std::string& see);

}  // namespace settle
