#include "src/data/idx_folder.h"

#include <algorithm>
#include <regex>
#include <vector>

#include <fmt/format.h>

#include "src/config/nearest.h"
#include "src/data/heading.h"
#include "src/data/input_file.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

std::string usual_name(Part part, IdxContent content) {
  return fmt::format("{}-{}", part == Part::train ? "train" : "t10k",
                     content == IdxContent::images ? "images-idx3-ubyte" : "labels-idx1-ubyte");
}

// What comes before the part in a name, such as "emnist-letters"; nothing for a file of another part or content.
std::optional<std::string> prefix_of(const std::string& file, Part part, IdxContent content) {
  static const std::regex pattern(
      "(?:(.*)[-_.])?(train|t10k|test)[-_.](images?|labels?)(?:[-_.]idx[1-9])?(?:[-_.](?:u?byte|int|int32|float|double)"
      ")?"
      "(?:[.]idx)?(?:[.]gz)?");
  std::smatch match;
  const std::string name = lower(file);
  if (!std::regex_match(name, match, pattern)) return std::nullopt;
  if ((match[2] == "train") != (part == Part::train)) return std::nullopt;
  if ((match[3].str()[0] == 'i') != (content == IdxContent::images)) return std::nullopt;
  return match[1].str();
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    if (!entry.is_directory(unreadable)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// The name without what compresses it.
std::string stem_of(const std::string& file) {
  const bool compressed = file.size() > 3 && lower(file.substr(file.size() - 3)) == ".gz";
  return compressed ? file.substr(0, file.size() - 3) : file;
}

// A file that somebody may have meant: a few letters off, and of no part itself.
std::optional<std::string> near_match(const fs::path& folder, const std::string& wanted) {
  std::vector<std::string> others;
  for (const std::string& file : files_in(folder)) {
    bool taken = false;
    for (const Part part : {Part::train, Part::test})
      for (const IdxContent content : {IdxContent::images, IdxContent::labels})
        taken = taken || prefix_of(file, part, content);
    if (!taken) others.push_back(file);
  }
  if (others.empty()) return std::nullopt;
  std::vector<std::string> stems;
  for (const std::string& file : others) stems.push_back(lower(stem_of(file)));
  const std::string closest = nearest(wanted, stems);
  if (edit_distance(closest, wanted) > wanted.size() / 2) return std::nullopt;
  return others[std::size_t(std::find(stems.begin(), stems.end(), closest) - stems.begin())];
}

}  // namespace

std::optional<fs::path> find_idx(const fs::path& folder, const std::string& set, Part part, IdxContent content) {
  const std::string usual = usual_name(part, content);
  std::error_code unreadable;
  for (const std::string& candidate : {usual, usual + ".gz"})
    if (fs::exists(folder / candidate, unreadable)) return folder / candidate;
  std::vector<std::string> fitting, of_set;
  for (const std::string& file : files_in(folder)) {
    const auto prefix = prefix_of(file, part, content);
    if (!prefix) continue;
    // one file and its compressed copy are one
    if (!fitting.empty() && stem_of(fitting.back()) == stem_of(file)) continue;
    fitting.push_back(file);
    if (*prefix == lower(set)) of_set.push_back(file);
  }
  const std::vector<std::string>& best = of_set.empty() ? fitting : of_set;
  if (best.empty()) return std::nullopt;
  if (best.size() > 1)
    refuse(
        fmt::format("{}: both {} and {} could be {}; set data.name to what stands before {} in the one that is meant",
                    folder.string(), best[0], best[1], usual, part == Part::train ? "train" : "test"));
  return folder / best[0];
}

fs::path require_idx(const fs::path& folder, const std::string& set, Part part, IdxContent content) {
  if (const auto found = find_idx(folder, set, part, content)) return *found;
  const std::string usual = usual_name(part, content);
  const auto near = near_match(folder, usual);
  refuse(fmt::format("{}: no {} or {}.gz in this folder{}", folder.string(), usual, usual,
                     near ? ", but there is " + *near + "; if it is that, rename it" : ""));
}

}  // namespace settle
