// A member of a model's struct as a user can read and set it: its name, the values allowed there, and what it means.
//
// Each struct that is a section of the configuration has a function parameters(spec) beside it, which lists its rows.
// One more key is one more member and one more row; parsing, printing and messages follow from the row (src/config).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "settle/models/cost/estimate.h"
#include "settle/models/cost/provenance.h"

namespace settle {

/// An integer from `low` to `high`, both included.
struct IntegerValue {
  std::int64_t* member;
  std::int64_t low, high;
};

/// A finite number from `low` to `high`, both included.
struct NumberValue {
  double* member;
  double low, high;
};

/// A finite number from `low` to `high` that replaces a preset's, or "preset" for none: an entry of `members`, or not.
struct ReplacingValue {
  std::map<std::string, double>* members;
  std::string name;
  double low, high;
};

/// Three numbers from `low` to `high`, low <= nominal <= high, that replace a preset's, or "preset" for none: an entry
/// of `members`, or not.
struct ReplacingEstimateValue {
  std::map<std::string, Estimate>* members;
  std::string name;
  double low, high;
};

/// A finite number from `low` to `high` that one record of a family has: an entry of `members`, or else `standard`.
struct DeclaredValue {
  std::map<std::string, double>* members;
  std::string name;
  double standard, low, high;
};

/// Finite numbers from `low` to `high` for some projections, by name. Whether the network has them is another question.
struct ByProjectionValue {
  std::map<std::string, double>* member;
  double low, high;
};

/// true or false.
struct FlagValue {
  bool* member;
};

/// A string: one of `choices`, or any where there are none. `path`: it names a file or a folder, which a configuration
/// looks for beside itself.
struct TextValue {
  std::string* member;
  std::vector<std::string> choices;
  bool path = false;
};

/// An enumeration, seen as the index of one of `names`.
struct ChoiceValue {
  void* member;
  std::vector<std::string> names;
  std::vector<int> values;  // the enumerator of each name
  int (*read)(const void* member);
  void (*write)(void* member, int value);

  /// names.size() for an enumerator that has no name.
  std::size_t get() const {
    std::size_t index = 0;
    while (index < values.size() && values[index] != read(member)) ++index;
    return index;
  }
  void set(std::size_t index) const { write(member, values.at(index)); }
};

/// The widths of any number of layers, each from 1 to `high`.
struct WidthsValue {
  std::vector<std::int64_t>* member;
  std::int64_t high;
};

/// At most `most_count` finite numbers from -most to most, none of them zero.
struct FactorsValue {
  std::vector<double>* member;
  double most;
  std::size_t most_count;
};

/// Strings, none of them empty; one or more, unless there may be `none`.
struct TextListValue {
  std::vector<std::string>* member;
  bool none = false;
};

/// Three numbers from least to most, low <= nominal <= high, and where the struct's own come from.
struct EstimateValue {
  Estimate* member;
  Provenance provenance;
  double most = 1e15;
  static constexpr double least = 1e-30;  // no energy, charge, area or factor is less, and their products are numbers
};

/// The kinds of value that a key can have.
using Value =
    std::variant<IntegerValue, NumberValue, ReplacingValue, DeclaredValue, TextValue, ChoiceValue, WidthsValue,
                 TextListValue, EstimateValue, ByProjectionValue, FlagValue, ReplacingEstimateValue, FactorsValue>;

/// One key.
struct Parameter {
  std::string name;     // that of the member, which ends in the unit where there is one
  Value value;          // points into the struct, which must outlive it and must not move
  std::string meaning;  // one line, with the unit
};

/// The keys of a section, in the order in which they are shown.
using Parameters = std::vector<Parameter>;

/// The highest value of many keys that count something.
constexpr std::int64_t million = 1000000;

/// Values, as rows write them. Ranges are wide: they refuse what cannot be meant or cannot be computed, not what is
/// unusual.
inline IntegerValue integer(std::int64_t& member, std::int64_t low, std::int64_t high) { return {&member, low, high}; }
inline NumberValue from(double low, double& member, double high) { return {&member, low, high}; }
inline NumberValue fraction(double& member) { return from(0, member, 1); }
inline EstimateValue estimate(Estimate& member, Provenance provenance) { return {&member, std::move(provenance)}; }
inline EstimateValue estimate_to(double most, Estimate& member, Provenance provenance) {
  return {&member, std::move(provenance), most};
}
inline TextValue text(std::string& member, std::vector<std::string> choices = {}) {
  return {&member, std::move(choices)};
}
inline TextValue path(std::string& member) { return {&member, {}, /*path=*/true}; }

/// An enumeration, with the names of its enumerators.
template <class Enum>
ChoiceValue choice(Enum& member, std::initializer_list<std::pair<const char*, Enum>> options) {
  ChoiceValue result{&member,
                     {},
                     {},
                     [](const void* m) { return int(*static_cast<const Enum*>(m)); },
                     [](void* m, int value) { *static_cast<Enum*>(m) = Enum(value); }};
  for (const auto& [name, value] : options) {
    result.names.emplace_back(name);
    result.values.push_back(int(value));
  }
  return result;
}

/// Adds the rows of another list at the end of one.
inline void append(Parameters& rows, const Parameters& more) { rows.insert(rows.end(), more.begin(), more.end()); }

/// The names in a table of models, whose records have one each.
template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& record : table) names.push_back(record.name);
  return names;
}

}  // namespace settle
