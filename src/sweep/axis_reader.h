// Parts of a sweep's file: entries of a table in their order, and what an axis walks through.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "src/config/parse.h"
#include "src/sweep/design.h"

namespace settle {

/// A key of a table, its value, and where it stands.
struct Entry {
  std::string key;
  const toml::node* node;
  toml::source_region where;
};

/// A node as TOML in one line; a number reads back to the same bits.
std::string toml_text(const toml::node& node);

/// Reads parts of one sweep's file. All throw InputError, one line "file:line: key: what".
class AxisReader {
 public:
  /// `source`: the path of the file.
  explicit AxisReader(std::string source);

  const std::string& source() const { return source_; }
  /// "FILE:LINE".
  std::string place(const toml::source_region& where) const;
  /// The folder of the file, from which files that it names are looked for.
  std::string folder() const;
  void refuse_others(const toml::table& table, const std::vector<std::string>& known) const;
  const toml::table& table_of(const toml::node& node, const std::string& name) const;
  /// The entries of a table in the order of the file. "network.beta", "network" with "beta" in it, and [set.network]
  /// mean the same.
  std::vector<Entry> entries_of(const toml::node& node, const std::string& name) const;

  /// One override for each element of a list.
  std::vector<Override> values_of(const Entry& entry, const std::string& example, bool repeat = false) const;
  std::vector<Override> overrides_of(const Entry& entry, const std::vector<std::string>& texts, bool repeat) const;
  /// The values of an axis: a list, or numbers at equal distances or ratios.
  std::vector<Override> axis_values(const Entry& entry, bool repeat = false) const;
  /// { linear = [a, b] } or { log = [a, b] } for a key that takes a number.
  ValueRange range_of(const Entry& entry, const toml::table& table, const std::vector<std::string>& known) const;
  std::int64_t number_of_values(const Entry& entry, const toml::table& table, const char* name) const;

 private:
  void flatten(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) const;
  bool takes_integers(const Entry& entry) const;

  std::string source_;
  std::set<std::string> key_names_;
};

}  // namespace settle
