// The known name that a mistyped one most resembles, for "did you mean" in error messages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace settle {

/// Insertions, deletions and replacements of one character that turn `a` into `b` (Levenshtein).
std::size_t edit_distance(const std::string& a, const std::string& b);

/// The candidate that is closest to `word`; the first of several; empty when there are no candidates. A word without
/// a dot is also compared with the last part of each candidate, so that "beta" finds "network.beta".
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace settle
