#include "src/config/value.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/parameter_check.h"
#include "src/config/nearest.h"

namespace settle {
namespace {

std::string number(double x) {
  const std::string text = fmt::format("{}", x);  // the shortest that reads back to the same bits
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

template <class List, class Write>
std::string array(const List& list, Write write) {
  std::vector<std::string> parts;
  parts.reserve(list.size());
  for (const auto& element : list) parts.push_back(write(element));
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

std::string one_of(const std::vector<std::string>& choices) {
  return fmt::format("one of {}", fmt::join(choices, ", "));
}

std::string allowed_in(const IntegerValue& v) { return fmt::format("an integer from {} to {}", v.low, v.high); }
std::string allowed_in(const NumberValue& v) { return fmt::format("a number from {} to {}", v.low, v.high); }
std::string allowed_in(const ReplacingValue& v) {
  return fmt::format("a number from {} to {}, or \"preset\"", v.low, v.high);
}
std::string allowed_in(const ReplacingEstimateValue& v) {
  return fmt::format("[low, nominal, high], numbers from {} to {} in ascending order, or one number, or \"preset\"",
                     v.low, v.high);
}
std::string allowed_in(const DeclaredValue& v) { return fmt::format("a number from {} to {}", v.low, v.high); }
std::string allowed_in(const ByProjectionValue& v) {
  return fmt::format("a table of numbers from {} to {}, by projection", v.low, v.high);
}
std::string allowed_in(const FlagValue&) { return "true or false"; }
std::string allowed_in(const TextValue& v) { return v.choices.empty() ? "a string" : one_of(v.choices); }
std::string allowed_in(const ChoiceValue& v) { return one_of(v.names); }
std::string allowed_in(const WidthsValue& v) {
  return fmt::format("a list of layer widths, integers from 1 to {}", v.high);
}
std::string allowed_in(const FactorsValue& v) {
  return fmt::format("a list of at most {} numbers from {} to {}, none of them 0", v.most_count, -v.most, v.most);
}
std::string allowed_in(const TextListValue& v) {
  return v.none ? "a list of non-empty strings" : "a list of one or more non-empty strings";
}
std::string allowed_in(const EstimateValue& v) {
  return fmt::format("[low, nominal, high], numbers from {} to {} in ascending order, or one number for all three",
                     v.least, v.most);
}

std::string written(const IntegerValue& v) { return fmt::format("{}", *v.member); }
std::string written(const NumberValue& v) { return number(*v.member); }
std::string written(const ReplacingValue& v) {
  const auto found = v.members->find(v.name);
  return found == v.members->end() ? "\"preset\"" : number(found->second);
}
std::string written(const DeclaredValue& v) {
  const auto found = v.members->find(v.name);
  return number(found == v.members->end() ? v.standard : found->second);
}
std::string written(const ByProjectionValue& v) {
  std::vector<std::string> entries;
  for (const auto& [name, x] : *v.member) entries.push_back(quoted(name) + " = " + number(x));
  return entries.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(entries, ", "));
}
std::string written(const FlagValue& v) { return *v.member ? "true" : "false"; }
std::string written(const TextValue& v) { return settle::quoted(*v.member); }
std::string written(const ChoiceValue& v) { return settle::quoted(v.names.at(v.get())); }
std::string written(const WidthsValue& v) { return fmt::format("[{}]", fmt::join(*v.member, ", ")); }
std::string written(const FactorsValue& v) { return array(*v.member, number); }
std::string written(const TextListValue& v) { return array(*v.member, quoted); }
std::string written(const EstimateValue& v) { return array(*v.member, number); }
std::string written(const ReplacingEstimateValue& v) {
  const auto found = v.members->find(v.name);
  return found == v.members->end() ? "\"preset\"" : array(found->second, number);
}

// As models/parameter_check.h has them.
bool fits(const ByProjectionValue& v, double x) { return std::isfinite(x) && v.low <= x && x <= v.high; }

template <class V>
std::vector<std::string> choices_of(const V&) {
  return {};
}
std::vector<std::string> choices_of(const FlagValue&) { return {"true", "false"}; }
std::vector<std::string> choices_of(const TextValue& v) { return v.choices; }
std::vector<std::string> choices_of(const ChoiceValue& v) { return v.names; }

template <class V>
std::string mistake(const V& v) {
  return "not " + written(v);
}
std::string mistake(const TextValue& v) { return "not " + written(v) + did_you_mean(*v.member, v.choices); }
std::string mistake(const ByProjectionValue& v) {
  for (const auto& [name, x] : *v.member)
    if (!fits(v, x)) return fmt::format("but {} is {}", quoted(name), std::isnan(x) ? "no number" : number(x));
  return "";
}
std::string mistake(const WidthsValue& v) {
  for (std::size_t layer = 0; layer < v.member->size(); ++layer) {
    const std::int64_t width = (*v.member)[layer];
    if (width < 1 || width > v.high) return fmt::format("but layer {} has width {}", layer + 1, width);
  }
  return "";
}

}  // namespace

std::string allowed(const Value& value) {
  return std::visit([](const auto& v) { return allowed_in(v); }, value);
}

std::vector<std::string> choices(const Value& value) {
  return std::visit([](const auto& v) { return choices_of(v); }, value);
}

std::optional<std::string> problem(const Value& value) {
  return std::visit(
      [](const auto& v) -> std::optional<std::string> {
        if (is_allowed(Value(v))) return std::nullopt;
        return fmt::format("must be {}, {}", allowed_in(v), mistake(v));
      },
      value);
}

std::string to_toml(const Value& value) {
  return std::visit([](const auto& v) { return written(v); }, value);
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (code < 0x20 || code == 0x7f) {
      result += fmt::format("\\u{:04X}", code);
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace settle
