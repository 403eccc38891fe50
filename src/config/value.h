// What a configuration key can hold: a typed pointer to a member of a Configuration, with the values allowed there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "src/config/configuration.h"

namespace settle {

/// An integer from `low` to `high`, both included.
struct IntegerValue {
  std::int64_t* member;
  std::int64_t low, high;
};

/// A finite number from `low` to `high`; `above_low`: `low` itself is not allowed.
struct NumberValue {
  double* member;
  double low, high;
  bool above_low;
};

/// A finite number from `low` to `high` that replaces a preset's, or "preset" for none: an entry of `members`, or not.
struct ReplacingValue {
  std::map<std::string, double>* members;
  std::string name;
  double low, high;
};

/// Finite numbers from `low` to `high` for some projections, by name (`above_low`: `low` itself is not allowed).
/// Whether the network has them is another question.
struct ByProjectionValue {
  ByProjection* member;
  double low, high;
  bool above_low;
};

/// A string: one of `choices`, or any where there are none.
struct TextValue {
  std::string* member;
  std::vector<std::string> choices;
};

/// An enumeration, seen as the index of one of `names`.
struct ChoiceValue {
  std::vector<std::string> names;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};

/// The widths of one or more layers, each from 1 to `high`.
struct WidthsValue {
  std::vector<std::int64_t>* member;
  std::int64_t high;
};

/// One or more strings, none of them empty.
struct TextListValue {
  std::vector<std::string>* member;
};

/// Three finite positive numbers, low <= nominal <= high.
struct EstimateValue {
  Estimate* member;
};

using Value = std::variant<IntegerValue, NumberValue, ReplacingValue, TextValue, ChoiceValue, WidthsValue,
                           TextListValue, EstimateValue, ByProjectionValue>;

/// What may be written there, as the end of "must be ...": "an integer from 1 to 100".
std::string allowed(const Value& value);

/// Nothing when the member holds an allowed value, else one line: "must be an integer from 1 to 100, not 0".
std::optional<std::string> problem(const Value& value);

/// The member's value in TOML. A number reads back to the same bits.
std::string to_toml(const Value& value);

/// A TOML string of any UTF-8 text, in double quotes.
std::string quoted(const std::string& text);

}  // namespace settle
