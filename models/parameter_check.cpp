#include "settle/models/parameter_check.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "settle/models/error.h"

namespace settle {
namespace {

// Comparisons are written so that NaN fails them.
bool allows(const IntegerValue& v) { return v.low <= *v.member && *v.member <= v.high; }
bool allows(const NumberValue& v) {
  const double x = *v.member;
  return std::isfinite(x) && v.low <= x && x <= v.high;
}
template <class V>
bool entry_is_allowed(const V& v) {
  const auto found = v.members->find(v.name);
  return found == v.members->end() || (v.low <= found->second && found->second <= v.high);
}
bool allows(const ReplacingValue& v) { return entry_is_allowed(v); }
bool allows(const DeclaredValue& v) { return entry_is_allowed(v); }
bool fits(const ByProjectionValue& v, double x) { return std::isfinite(x) && v.low <= x && x <= v.high; }
bool allows(const ByProjectionValue& v) {
  return std::all_of(v.member->begin(), v.member->end(), [&](const auto& entry) { return fits(v, entry.second); });
}
bool allows(const FlagValue&) { return true; }
bool allows(const TextValue& v) {
  return v.choices.empty() || std::find(v.choices.begin(), v.choices.end(), *v.member) != v.choices.end();
}
bool allows(const ChoiceValue& v) { return v.get() < v.names.size(); }
bool allows(const WidthsValue& v) {
  const auto fits = [&](std::int64_t width) { return 1 <= width && width <= v.high; };
  return std::all_of(v.member->begin(), v.member->end(), fits);
}
bool fits(const FactorsValue& v, double x) { return x != 0 && std::abs(x) <= v.most; }
bool allows(const FactorsValue& v) {
  return v.member->size() <= v.most_count &&
         std::all_of(v.member->begin(), v.member->end(), [&](double x) { return fits(v, x); });
}
bool allows(const TextListValue& v) {
  const auto filled = [](const std::string& text) { return !text.empty(); };
  return (v.none || !v.member->empty()) && std::all_of(v.member->begin(), v.member->end(), filled);
}
bool allows(const EstimateValue& v) {
  const auto& [low, nominal, high] = *v.member;
  return v.least <= low && low <= nominal && nominal <= high && high <= v.most;
}
bool allows(const ReplacingEstimateValue& v) {
  const auto found = v.members->find(v.name);
  if (found == v.members->end()) return true;
  const auto& [low, nominal, high] = found->second;
  return v.low <= low && low <= nominal && nominal <= high && high <= v.high;
}

std::string text_of(double x) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

std::string range(double low, double high) { return ": must be from " + text_of(low) + " to " + text_of(high); }

// What is wrong with a value that is not allowed.
template <class V>
std::string mistake_of(const V&) {
  return ": is not allowed; settle config lists what is";
}
std::string mistake_of(const IntegerValue& v) {
  return " = " + std::to_string(*v.member) + range(double(v.low), double(v.high));
}
std::string mistake_of(const NumberValue& v) { return " = " + text_of(*v.member) + range(v.low, v.high); }
std::string mistake_of(const ReplacingValue& v) {
  return " = " + text_of(v.members->at(v.name)) + range(v.low, v.high);
}
std::string mistake_of(const DeclaredValue& v) { return " = " + text_of(v.members->at(v.name)) + range(v.low, v.high); }
std::string mistake_of(const TextValue& v) {
  std::string text = " = \"" + *v.member + "\": must be one of ";
  for (const std::string& choice : v.choices) text += (&choice == &v.choices.front() ? "" : ", ") + choice;
  return text;
}

// A part that is ideal, such as a line without capacitance, cannot be configured, but can be made.
bool can_be_made(const Value& value) {
  const auto* estimate = std::get_if<EstimateValue>(&value);
  if (estimate == nullptr) return settle::is_allowed(value);
  const auto& [low, nominal, high] = *estimate->member;
  return 0 <= low && low <= nominal && nominal <= high && high <= estimate->most;
}

}  // namespace

bool is_allowed(const Value& value) {
  return std::visit([](const auto& v) { return allows(v); }, value);
}

void check_parameters(const std::string& section, const Parameters& rows) {
  for (const Parameter& row : rows)
    if (!can_be_made(row.value))
      throw InputError(section + "." + row.name + std::visit([](const auto& v) { return mistake_of(v); }, row.value));
}

}  // namespace settle
