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

/// "; did you mean `network.beta`?" of the candidate that is closest to `word`, between `open` and `close`. Nothing
/// where none is close, as a guess would only mislead: where more than half of the letters would have to change, or
/// more than a third and more than two.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates, const char* open = "`",
                         const char* close = "`");

}  // namespace settle
