// Which combinations a search runs next.
#pragma once

#include <functional>
#include <vector>

#include "src/sweep/search/search_spec.h"
#include "src/sweep/search/space.h"

namespace settle {

/// What is known of a combination that was run: means over its seeds. NaN says nothing.
struct Trial {
  Combination combination;
  double goal;                  // NaN where a seed has not come to its end: it is no solution
  std::vector<double> limited;  // of each limit's figure, as far as each seed has come
};

/// Whether a trial is within all limits.
bool is_feasible(const SearchSpec& search, const Trial& trial);
/// The place of the best feasible trial, of equal ones the one that is farthest within the first limit;
/// trials.size() where there is none.
std::size_t best_of(const SearchSpec& search, const std::vector<Trial>& trials);

/// Combinations for round `round`, from 1: without trials Sobol's sequence, later those with the largest expected
/// improvement within the limits (Gardner et al., Bayesian Optimization with Inequality Constraints, ICML 2014), where
/// each figure is a Gaussian process; one after the other, as if the ones before had given what is expected of them.
/// Nothing is proposed twice, nor what `can_run` says no to; fewer where there are no more.
std::vector<Combination> propose(const SearchSpec& search, const std::vector<Trial>& trials, std::int64_t round,
                                 const std::function<bool(const Combination&)>& can_run);

}  // namespace settle
