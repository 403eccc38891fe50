#include "src/config/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace settle {
namespace {

// What has been typed in part counts as one edit.
std::size_t distance_to(const std::string& word, const std::string& candidate) {
  const bool begun = word.size() > 2 && word.size() < candidate.size() && candidate.compare(0, word.size(), word) == 0;
  const std::size_t whole = begun ? 1 : edit_distance(word, candidate);
  const auto dot = candidate.rfind('.');
  if (word.find('.') != std::string::npos || dot == std::string::npos) return whole;
  return std::min(whole, edit_distance(word, candidate.substr(dot + 1)) + 1);
}

}  // namespace

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);  // row[j]: distance of a's first i characters to b's first j
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(const std::string& whole, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 100;  // beyond which no name is near, and distances take their time
  const std::string word = whole.substr(0, longest);
  std::string best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates) {
    const std::size_t distance = distance_to(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates, const char* open,
                         const char* close) {
  const std::string best = nearest(word, candidates);
  const std::size_t distance = best.empty() ? 0 : distance_to(word, best);
  const bool far = distance > std::max<std::size_t>(2, word.size() / 3) || 2 * distance > word.size();
  if (best.empty() || far) return "";
  return std::string("; did you mean ") + open + best + close + "?";
}

}  // namespace settle
