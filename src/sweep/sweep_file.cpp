#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "src/config/nearest.h"
#include "src/config/toml_file.h"
#include "src/config/value.h"
#include "src/run/chip_spec.h"
#include "src/run/run_folder.h"
#include "src/sweep/design.h"
#include "src/sweep/sweep_file.h"

namespace settle {
namespace {

struct Entry {
  std::string key;
  const toml::node* node;
  toml::source_region where;
};

// A node as TOML in one line; a number reads back to the same bits.
std::string toml_text(const toml::node& node);

std::string inline_table(const toml::table& table) {
  std::vector<std::string> entries;
  for (const auto& [key, node] : table)
    entries.push_back(fmt::format("{} = {}", quoted(std::string(key.str())), toml_text(node)));
  return fmt::format("{{ {} }}", fmt::join(entries, ", "));
}

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

std::set<std::string> key_names() {
  Configuration defaults;
  std::set<std::string> names;
  for (const Key& key : keys(defaults)) names.insert(key.name);
  return names;
}

class SweepReader {
 public:
  explicit SweepReader(const std::string& path) : table_(parse_toml(read_text(path), path)) { sweep_.source = path; }

  SweepFile read(const std::vector<std::string>& sets) {
    refuse_others(table_, {"base", "config", "set", "grid", "zip", "random", "sobol", "seeds", "case", "analyze"});
    read_base();
    for (const char* shared : {"config", "set"})
      if (const toml::node* node = table_.get(shared)) add_settings(*node, shared, 1, sweep_.settings);
    read_cases();
    sweep_.asked = set_options(sets);
    read_grid();
    read_zip();
    for (const char* design : {"random", "sobol"}) read_design(design);
    read_seeds();
    read_analyze();
    refuse_contradictions();
    return sweep_;
  }

 private:
  std::string place(const toml::source_region& where) const { return line_of(sweep_.source, where); }

  void refuse_others(const toml::table& table, const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table)
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        refuse(fmt::format("{}: unknown key `{}` of a sweep; did you mean `{}`? There are {}", place(key.source()),
                           key.str(), nearest(std::string(key.str()), known), fmt::join(known, ", ")));
  }

  const toml::table& table_of(const toml::node& node, const std::string& name) const {
    if (node.as_table() == nullptr)
      refuse(
          fmt::format("{}: {}: must be a table of keys, such as {{ network.beta = 0.1 }}", place(node.source()), name));
    return *node.as_table();
  }

  // "network.beta", "network" with "beta" in it, and [set.network] mean the same here.
  void flatten(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) const {
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
  std::vector<Entry> entries_of(const toml::node& node, const std::string& name) const {
    std::vector<Entry> entries;
    flatten(table_of(node, name), "", entries);
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.where.begin.line, a.where.begin.column) < std::tie(b.where.begin.line, b.where.begin.column);
    });
    std::set<std::string> stated;
    for (const Entry& entry : entries) {
      if (!stated.insert(entry.key).second)
        refuse(fmt::format("{}: {}: is stated twice", place(entry.where), entry.key));
      if (entry.key == "run.seed" && name != "config")
        refuse(place(entry.where) + ": run.seed: write seeds = [1, 2, 3] at the top of the sweep instead");
    }
    return entries;
  }

  std::string folder() const { return std::filesystem::path(sweep_.source).parent_path().string(); }

  // Layers: [config] and [set], cases, the grid and the seeds.
  void add_settings(const toml::node& node, const std::string& name, int layer, std::vector<Override>& settings) const {
    for (const Entry& entry : entries_of(node, name))
      settings.push_back({entry.key, toml_text(*entry.node), place(entry.where), folder(), layer});
  }

  void read_base() {
    const toml::node* base = table_.get("base");
    if ((base != nullptr) == table_.contains("config"))
      refuse(sweep_.source + ": state either base = \"FILE.toml\" or a table [config], which all points start from");
    sweep_.base_source = sweep_.source;
    if (base == nullptr) return;
    const auto name = base->value_exact<std::string>();
    if (!name) refuse(place(base->source()) + ": base: must be the name of a configuration file");
    sweep_.base_source = (std::filesystem::path(sweep_.source).parent_path() / *name).lexically_normal().string();
    try {
      sweep_.base_text = read_text(sweep_.base_source);
    } catch (const std::exception& error) {
      refuse(fmt::format("{}: base: {}", place(base->source()), error.what()));
    }
  }

  void read_cases() {
    const toml::node* node = table_.get("case");
    if (node == nullptr) {
      sweep_.cases.emplace_back();
      return;
    }
    if (!node->is_array_of_tables())
      refuse(place(node->source()) + ": case: must be tables [[case]] with a name and what they set");
    for (const toml::node& each : *node->as_array()) {
      const toml::table& table = *each.as_table();
      refuse_others(table, {"name", "set"});
      const auto name = table["name"].value_exact<std::string>();
      if (!name || name->empty())
        refuse(place(each.source()) + ": case: needs a name, such as name = \"64x10 residual\"");
      for (const Case& other : sweep_.cases)
        if (other.name == *name) refuse(fmt::format("{}: case: there are two called {}", place(each.source()), *name));
      sweep_.cases.push_back({*name, {}});
      if (const toml::node* set = table.get("set")) add_settings(*set, "set", 2, sweep_.cases.back().settings);
    }
  }

  // One override for each element of a list.
  std::vector<Override> values_of(const Entry& entry, const std::string& example, bool repeat = false) const {
    const toml::array* list = entry.node->as_array();
    if (list == nullptr)
      refuse(fmt::format("{}: {}: must be a list of values, such as {}", place(entry.where), entry.key, example));
    if (list->empty())
      refuse(fmt::format("{}: {}: is an empty list, which leaves no points; give at least one value",
                         place(entry.where), entry.key));
    std::vector<std::string> texts;
    for (const toml::node& value : *list) texts.push_back(toml_text(value));
    return overrides_of(entry, texts, repeat);
  }

  std::vector<Override> overrides_of(const Entry& entry, const std::vector<std::string>& texts, bool repeat) const {
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
  std::vector<Override> axis_values(const Entry& entry, bool repeat = false) const {
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

  std::int64_t number_of_values(const Entry& entry, const toml::table& table, const char* name) const {
    constexpr std::int64_t most = 100000;
    const toml::node* node = table.get(name);
    const auto n = node == nullptr ? std::nullopt : node->value_exact<std::int64_t>();
    if (!n || *n < 1 || *n > most)
      refuse(fmt::format("{}: {}: needs n, an integer from 1 to {}, the number of values", place(entry.where),
                         entry.key, most));
    return *n;
  }

  // { linear = [a, b] } or { log = [a, b] } for a key that takes a number.
  ValueRange range_of(const Entry& entry, const toml::table& table, const std::vector<std::string>& known) const {
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
  bool takes_integers(const Entry& entry) const {
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

  void read_grid() {
    const toml::node* node = table_.get("grid");
    if (node == nullptr) return;
    for (const Entry& entry : entries_of(*node, "grid")) sweep_.grid.push_back({entry.key, axis_values(entry)});
  }

  // Adds axes that are walked together.
  void add_together(const std::vector<Axis>& axes) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      sweep_.grid.push_back(axes[i]);
      sweep_.grid.back().with_previous = i > 0;
    }
  }

  void read_zip() {
    const toml::node* node = table_.get("zip");
    if (node == nullptr) return;
    std::vector<Axis> axes;
    for (const Entry& entry : entries_of(*node, "zip")) {
      axes.push_back({entry.key, axis_values(entry, /*repeat=*/true)});
      if (axes.back().values.size() != axes.front().values.size())
        refuse(fmt::format("{}: {}: has {} values, but {} has {}: keys of [zip] are walked together, and need as many",
                           place(entry.where), entry.key, axes.back().values.size(), axes.front().key,
                           axes.front().values.size()));
    }
    if (axes.empty()) refuse(place(node->source()) + ": zip: is empty; name the keys that change together");
    refuse_repeated_rows(axes, place(node->source()));
    add_together(axes);
  }

  void refuse_repeated_rows(const std::vector<Axis>& axes, const std::string& where) const {
    std::map<std::vector<std::string>, std::size_t> rows;
    for (std::size_t row = 0; row < axes.front().values.size(); ++row) {
      std::vector<std::string> values;
      for (const Axis& axis : axes) values.push_back(axis.values[row].value);
      const auto [before, is_new] = rows.emplace(values, row + 1);
      if (!is_new)
        refuse(fmt::format("{}: zip: row {} is the same as row {}; leave one out", where, row + 1, before->second));
    }
  }

  // n points at random, or of Sobol's sequence: each key has a range, or a list to choose from.
  void read_design(const std::string& name) {
    const toml::node* node = table_.get(name);
    if (node == nullptr) return;
    const toml::table& table = table_of(*node, name);
    const std::int64_t n = number_of_values({name, node, node->source()}, table, "n");
    const toml::node* seed_node = table.get("seed");
    const auto seed = seed_node == nullptr ? std::optional<std::int64_t>(1) : seed_node->value_exact<std::int64_t>();
    if (!seed || *seed < 0) refuse(place(seed_node->source()) + ": seed: must be an integer from 0");
    std::vector<Entry> entries;
    std::vector<std::string> keys;
    for (const Entry& entry : entries_of(*node, name))
      if (entry.key != "n" && entry.key != "seed") {
        entries.push_back(entry);
        keys.push_back(entry.key);
      }
    if (entries.empty())
      refuse(fmt::format("{}: {}: names no key; give one a range, such as network.beta = {{ log = [0.01, 1] }}",
                         place(node->source()), name));
    const Design design = (name == "sobol" ? sobol_design : random_design)(keys, n, std::uint64_t(*seed));
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < entries.size(); ++i) axes.push_back({keys[i], designed_values(entries[i], design[i])});
    add_together(axes);
  }

  std::vector<Override> designed_values(const Entry& entry, const std::vector<double>& numbers) const {
    std::vector<std::string> texts;
    if (const toml::table* table = entry.node->as_table()) {
      const ValueRange range = range_of(entry, *table, {"linear", "log"});
      for (const double u : numbers) texts.push_back(value_at(range, u));
    } else {
      const auto choices = values_of(entry, "[0.01, 0.1] or { log = [0.01, 0.1] }");
      for (const double u : numbers) texts.push_back(choices[std::size_t(u * double(choices.size()))].value);
    }
    return overrides_of(entry, texts, /*repeat=*/true);
  }

  void read_seeds() {
    const toml::node* node = table_.get("seeds");
    if (node == nullptr) return;
    sweep_.seeds = values_of({"seeds", node, node->source()}, "[1, 2, 3]");
    for (Override& seed : sweep_.seeds) seed.key = "run.seed";
  }

  void read_analyze() {
    const toml::node* node = table_.get("analyze");
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) refuse(place(node->source()) + ": analyze: must be true or false");
    sweep_.analyze = *value;
  }

  // Refuses contradictions: a case may set what all points set, but an axis decides about its key alone.
  void refuse_contradictions() const {
    std::vector<Override> stated = sweep_.settings;
    for (const Case& each : sweep_.cases) stated.insert(stated.end(), each.settings.begin(), each.settings.end());
    stated.insert(stated.end(), sweep_.asked.begin(), sweep_.asked.end());
    std::set<std::string> axes;
    for (const Axis& axis : sweep_.grid) {
      if (!axes.insert(axis.key).second)
        refuse(fmt::format("{}: {}: is an axis twice; state it in one place", axis.values.front().place, axis.key));
      for (const Override& other : stated)
        if (other.key == axis.key)
          refuse(fmt::format("{}: {}: is in [grid] too; state it in one place", other.place, other.key));
    }
    for (const Override& other : sweep_.asked)
      if (other.key == "run.seed" && !sweep_.seeds.empty())
        refuse(other.place + ": run.seed: the sweep has seeds of its own; change them there");
  }

  toml::table table_;
  std::set<std::string> key_names_ = key_names();
  SweepFile sweep_;
};

std::string text_of(const std::vector<Override>& overrides) {
  std::string text;
  for (const Override& each : overrides) text += fmt::format("{} = {}\n", each.key, each.value);
  return text;
}

}  // namespace

SweepFile read_sweep(const std::string& path, const std::vector<std::string>& sets) {
  return SweepReader(path).read(sets);
}

std::string fingerprint(const SweepFile& sweep) {
  std::string text = sweep.base_text + "\n[set]\n" + text_of(sweep.settings);
  for (const Case& each : sweep.cases) text += fmt::format("[case {}]\n", each.name) + text_of(each.settings);
  for (const Axis& axis : sweep.grid) text += "[grid]\n" + text_of(axis.values);
  for (const Axis& axis : sweep.grid)
    if (axis.with_previous) text += fmt::format("with the one before: {}\n", axis.key);
  if (!sweep.asked.empty()) text += "[asked]\n" + text_of(sweep.asked);
  if (sweep.analyze) text += "analyze\n";
  return sha256(text + "[seeds]\n" + text_of(sweep.seeds));
}

}  // namespace settle
