#include "src/sweep/axis_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <sstream>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/config/keys.h"
#include "src/config/nearest.h"
#include "src/config/toml_file.h"
#include "src/config/value.h"

namespace settle {
namespace {

std::string inline_table(const toml::table& table) {
  std::vector<std::string> entries;
  for (const auto& [key, node] : table)
    entries.push_back(fmt::format("{} = {}", quoted(std::string(key.str())), toml_text(node)));
  return fmt::format("{{ {} }}", fmt::join(entries, ", "));
}

std::set<std::string> key_names() {
  Configuration defaults;
  std::set<std::string> names;
  for (const Key& key : keys(defaults)) names.insert(key.name);
  return names;
}

}  // namespace

std::string toml_text(const toml::node& node) {
  if (auto number = node.value_exact<double>()) return to_toml(NumberValue{&*number, 0, 0});
  if (const auto text = node.value_exact<std::string>()) return quoted(*text);
  if (const toml::array* list = node.as_array()) {
    std::vector<std::string> elements;
    for (const toml::node& element : *list) elements.push_back(toml_text(element));
    return fmt::format("[{}]", fmt::join(elements, ", "));
  }
  if (const toml::table* table = node.as_table()) return inline_table(*table);
  std::ostringstream text;
  node.visit([&](const auto& concrete) { text << concrete; });
  return text.str();
}

AxisReader::AxisReader(std::string source) : source_(std::move(source)), key_names_(key_names()) {}

std::string AxisReader::place(const toml::source_region& where) const { return line_of(source_, where); }

void AxisReader::refuse_others(const toml::table& table, const std::vector<std::string>& known) const {
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    const std::string guess = did_you_mean(word, known);
    refuse(fmt::format("{}: unknown key `{}` of a sweep{} There are {}", place(key.source()), word,
                       guess.empty() ? "." : guess, fmt::join(known, ", ")));
  }
}

const toml::table& AxisReader::table_of(const toml::node& node, const std::string& name) const {
  if (node.as_table() == nullptr)
    refuse(
        fmt::format("{}: {}: must be a table of keys, such as {{ network.beta = 0.1 }}", place(node.source()), name));
  return *node.as_table();
}

// "network.beta", "network" with "beta" in it, and [set.network] mean the same here.
void AxisReader::flatten(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) const {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (node.is_table() && key_names_.count(name) == 0) {
      flatten(*node.as_table(), name + ".", entries);
    } else {
      entries.push_back({name, &node, key.source()});
    }
  }
}

// The entries of a table in the order of the file; TOML sorts a table by name.
std::vector<Entry> AxisReader::entries_of(const toml::node& node, const std::string& name) const {
  std::vector<Entry> entries;
  flatten(table_of(node, name), "", entries);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.where.begin.line, a.where.begin.column) < std::tie(b.where.begin.line, b.where.begin.column);
  });
  std::set<std::string> stated;
  for (const Entry& entry : entries) {
    if (!stated.insert(entry.key).second) refuse(fmt::format("{}: {}: is stated twice", place(entry.where), entry.key));
    if (entry.key == "run.seed" && name != "config")
      refuse(place(entry.where) + ": run.seed: write seeds = [1, 2, 3] at the top of the sweep instead");
  }
  return entries;
}

std::string AxisReader::folder() const { return std::filesystem::path(source_).parent_path().string(); }

// One override for each element of a list.
std::vector<Override> AxisReader::values_of(const Entry& entry, const std::string& example, bool repeat) const {
  const toml::array* list = entry.node->as_array();
  if (list == nullptr)
    refuse(fmt::format("{}: {}: must be a list of values, such as {}", place(entry.where), entry.key, example));
  if (list->empty())
    refuse(fmt::format("{}: {}: is an empty list, which leaves no points; give at least one value", place(entry.where),
                       entry.key));
  std::vector<std::string> texts;
  for (const toml::node& value : *list) texts.push_back(toml_text(value));
  return overrides_of(entry, texts, repeat);
}

std::vector<Override> AxisReader::overrides_of(const Entry& entry, const std::vector<std::string>& texts,
                                               bool repeat) const {
  std::vector<Override> values;
  std::set<std::string> there;
  for (const std::string& text : texts) {
    if (!there.insert(text).second && !repeat)
      refuse(fmt::format("{}: {}: {} is there twice", place(entry.where), entry.key, text));
    values.push_back({entry.key, text, place(entry.where), folder(), 3});
  }
  return values;
}

// The values of an axis: a list, or numbers at equal distances or ratios.
std::vector<Override> AxisReader::axis_values(const Entry& entry, bool repeat) const {
  const toml::table* table = entry.node->as_table();
  if (table == nullptr) return values_of(entry, "[0.01, 0.1] or { log = [0.01, 0.1], n = 5 }", repeat);
  const ValueRange range = range_of(entry, *table, {"linear", "log", "n"});
  const std::int64_t n = number_of_values(entry, *table, "n");
  if (n == 1 && range.low != range.high)
    refuse(fmt::format("{}: {}: n = 1 leaves out one end of the range; give one value in a list, or n = 2 or more",
                       place(entry.where), entry.key));
  if (n > 1 && range.low == range.high)
    refuse(fmt::format("{}: {}: both ends of the range are the same; give one value in a list", place(entry.where),
                       entry.key));
  const std::vector<std::string> texts = spaced_values(range, n);
  if (range.integers && std::set<std::string>(texts.begin(), texts.end()).size() < texts.size())
    refuse(fmt::format("{}: {}: there are fewer than {} different integers in the range; lower n", place(entry.where),
                       entry.key, n));
  return overrides_of(entry, texts, repeat);
}

std::int64_t AxisReader::number_of_values(const Entry& entry, const toml::table& table, const char* name) const {
  constexpr std::int64_t most = 100000;
  const toml::node* node = table.get(name);
  const auto n = node == nullptr ? std::nullopt : node->value_exact<std::int64_t>();
  if (!n || *n < 1 || *n > most)
    refuse(fmt::format("{}: {}: needs n, an integer from 1 to {}, the number of values", place(entry.where), entry.key,
                       most));
  return *n;
}

// { linear = [a, b] } or { log = [a, b] } for a key that takes a number.
ValueRange AxisReader::range_of(const Entry& entry, const toml::table& table,
                                const std::vector<std::string>& known) const {
  refuse_others(table, known);
  ValueRange range;
  range.logarithmic = table.contains("log");
  if (range.logarithmic == table.contains("linear"))
    refuse(fmt::format("{}: {}: a range is either linear = [a, b] or log = [a, b]", place(entry.where), entry.key));
  const char* const word = range.logarithmic ? "log" : "linear";
  const toml::array* ends = table.get(word)->as_array();
  std::vector<double> numbers;
  for (std::size_t i = 0; ends != nullptr && i < ends->size(); ++i)
    if (const auto number = (*ends)[i].value<double>(); number && std::isfinite(*number)) numbers.push_back(*number);
  if (ends == nullptr || ends->size() != 2 || numbers.size() != 2)
    refuse(
        fmt::format("{}: {}: {} must be two finite numbers, such as [0.01, 1]", place(entry.where), entry.key, word));
  range.low = numbers[0];
  range.high = numbers[1];
  if (range.logarithmic && std::min(range.low, range.high) <= 0)
    refuse(fmt::format("{}: {}: both ends of a log range must be above 0", place(entry.where), entry.key));
  range.integers = takes_integers(entry);
  if (range.integers && std::floor(std::max(range.low, range.high)) < std::ceil(std::min(range.low, range.high)))
    refuse(fmt::format("{}: {}: there is no integer in the range", place(entry.where), entry.key));
  return range;
}

// Whether a key takes integers; one that takes no number has no range.
bool AxisReader::takes_integers(const Entry& entry) const {
  Configuration defaults;
  for (const Key& key : keys(defaults)) {
    if (key.name != entry.key) continue;
    if (std::holds_alternative<IntegerValue>(key.value)) return true;
    if (std::holds_alternative<NumberValue>(key.value) || std::holds_alternative<ReplacingValue>(key.value) ||
        std::holds_alternative<DeclaredValue>(key.value) || std::holds_alternative<EstimateValue>(key.value) ||
        std::holds_alternative<ReplacingEstimateValue>(key.value))
      return false;
    refuse(fmt::format("{}: {}: takes no numbers, so it has no range; give a list", place(entry.where), entry.key));
  }
  return false;  // an unknown key is refused with the points
}

}  // namespace settle
