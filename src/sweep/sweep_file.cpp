#include "src/sweep/sweep_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "src/config/keys.h"
#include "src/config/toml_file.h"
#include "src/run/chip_spec.h"
#include "src/run/run_folder.h"
#include "src/sweep/axis_reader.h"
#include "src/sweep/design.h"
#include "src/sweep/early_file.h"
#include "src/sweep/search/search_file.h"

namespace settle {
namespace {

class SweepReader : private AxisReader {
 public:
  explicit SweepReader(const std::string& path) : AxisReader(path), table_(parse_toml(read_text(path), path)) {
    sweep_.source = path;
  }

  SweepFile read(const std::vector<std::string>& sets) {
    refuse_a_configuration();
    refuse_others(table_, {"base", "config", "set", "grid", "zip", "random", "sobol", "seeds", "case", "analyze",
                           "stop_below", "halving", "search"});
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
    if (const toml::node* node = table_.get("stop_below")) sweep_.early.bars = read_bars(*this, *node);
    if (const toml::node* node = table_.get("halving"))
      sweep_.early.halving = read_halving(*this, *node, sweep_.analyze);
    if (const toml::node* node = table_.get("search")) read_search_axes(*node);
    refuse_contradictions();
    return sweep_;
  }

 private:
  // One that has a configuration's sections, and nothing of a sweep's.
  void refuse_a_configuration() const {
    for (const char* own : {"base", "config"})
      if (table_.contains(own)) return;
    Configuration defaults;
    for (const Key& key : keys(defaults))
      if (table_.contains(key.name.substr(0, key.name.find('.'))))
        refuse(fmt::format("{}: is a configuration, not a sweep of many; run it by: settle train {}", sweep_.source,
                           sweep_.source));
  }

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

  static void refuse_repeated_rows(const std::vector<Axis>& axes, const std::string& where) {
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

  // The axes of a search have no values yet: rounds add them.
  void read_search_axes(const toml::node& node) {
    for (const char* other : {"grid", "zip", "random", "sobol", "case", "halving"})
      if (table_.contains(other))
        refuse(fmt::format("{}: search: chooses its points itself, and cannot have [{}] too", place(node.source()),
                           other));
    sweep_.search = read_search(*this, node, sweep_.analyze);
    std::vector<Axis> axes;
    for (const SearchAxis& axis : sweep_.search->axes) axes.push_back({axis.key, {}});
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
          refuse(fmt::format("{}: {}: is {} too; state it in one place", other.place, other.key,
                             sweep_.search ? "searched over" : "in [grid]"));
    }
    for (const Override& other : sweep_.asked)
      if (other.key == "run.seed" && !sweep_.seeds.empty())
        refuse(other.place + ": run.seed: the sweep has seeds of its own; change them there");
  }

  toml::table table_;
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
  if (!sweep.search)  // whose values are found on the way
    for (const Axis& axis : sweep.grid) text += "[grid]\n" + text_of(axis.values);
  for (const Axis& axis : sweep.grid)
    if (axis.with_previous) text += fmt::format("with the one before: {}\n", axis.key);
  if (!sweep.asked.empty()) text += "[asked]\n" + text_of(sweep.asked);
  if (sweep.analyze) text += "analyze\n";
  text += text_of(sweep.early);
  if (sweep.search) text += text_of(*sweep.search);
  return sha256(text + "[seeds]\n" + text_of(sweep.seeds));
}

}  // namespace settle
