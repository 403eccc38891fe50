#include "src/config/assign.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "src/config/nearest.h"

namespace settle {
namespace {

bool store_number(double& member, const toml::node& node) {
  if (const auto number = node.value_exact<double>()) {
    member = *number;
  } else if (const auto integer = node.value_exact<std::int64_t>()) {
    member = static_cast<double>(*integer);
  } else {
    return false;
  }
  return true;
}

template <class T>
bool store_exact(T& member, const toml::node& node) {
  const auto found = node.value_exact<T>();
  if (found) member = *found;
  return found.has_value();
}

template <class T>
bool store_list(std::vector<T>& member, const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return false;
  member.assign(list->size(), T());
  return std::equal(member.begin(), member.end(), list->begin(), list->end(),
                    [](T& element, const toml::node& item) { return store_exact(element, item); });
}

bool store(const IntegerValue& v, const toml::node& node) { return store_exact(*v.member, node); }
bool store(const NumberValue& v, const toml::node& node) { return store_number(*v.member, node); }
bool store(const ReplacingValue& v, const toml::node& node) {
  double number = 0;
  if (store_number(number, node)) {
    (*v.members)[v.name] = number;
  } else if (node.value_exact<std::string>() == "preset") {
    v.members->erase(v.name);
  } else {
    return false;
  }
  return true;
}
bool store(const DeclaredValue& v, const toml::node& node) { return store_number((*v.members)[v.name], node); }
bool store(const FlagValue& v, const toml::node& node) { return store_exact(*v.member, node); }
bool store(const TextValue& v, const toml::node& node) { return store_exact(*v.member, node); }
bool store(const ChoiceValue& v, const toml::node& node) {
  const auto name = node.value_exact<std::string>();
  const auto found = name ? std::find(v.names.begin(), v.names.end(), *name) : v.names.end();
  // cppcheck-suppress knownConditionTrueFalse; it follows neither branch of the line above
  if (found == v.names.end()) return false;
  v.set(static_cast<std::size_t>(found - v.names.begin()));
  return true;
}
bool store(const WidthsValue& v, const toml::node& node) { return store_list(*v.member, node); }
bool store(const FactorsValue& v, const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return false;
  v.member->assign(list->size(), 0.0);
  return std::equal(v.member->begin(), v.member->end(), list->begin(), list->end(), store_number);
}
bool store(const TextListValue& v, const toml::node& node) { return store_list(*v.member, node); }
bool store_estimate(Estimate& estimate, const toml::node& node) {
  if (store_number(estimate[1], node)) {
    estimate.fill(estimate[1]);
    return true;
  }
  const toml::array* list = node.as_array();
  return list != nullptr && std::equal(estimate.begin(), estimate.end(), list->begin(), list->end(), store_number);
}
bool store(const EstimateValue& v, const toml::node& node) { return store_estimate(*v.member, node); }
bool store(const ReplacingEstimateValue& v, const toml::node& node) {
  if (node.value_exact<std::string>() == "preset") {
    v.members->erase(v.name);
    return true;
  }
  Estimate estimate{};
  if (!store_estimate(estimate, node)) return false;
  (*v.members)[v.name] = estimate;
  return true;
}

// Values that are no numbers become NaN, which no range allows.
bool store(const ByProjectionValue& v, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return false;
  v.member->clear();
  for (const auto& [name, item] : *table) {
    double& number = (*v.member)[std::string(name.str())];
    if (!store_number(number, item)) number = std::numeric_limits<double>::quiet_NaN();
  }
  return true;
}

std::string shortened(const std::string& text) {
  constexpr std::size_t longest = 60;
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

}  // namespace

std::optional<std::string> assign(const Value& value, const toml::node& node) {
  if (std::visit([&](const auto& v) { return store(v, node); }, value)) return problem(value);
  return fmt::format("must be {}, not {}{}", allowed(value), describe(node),
                     did_you_mean(node.value_or(std::string()), choices(value)));
}

std::string describe(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (const auto text = node.value_exact<std::string>()) return "the string " + quoted(shortened(*text));
  std::ostringstream text;
  node.visit([&](const auto& concrete) { text << concrete; });
  return shortened(text.str());
}

}  // namespace settle
