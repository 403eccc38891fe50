#include "src/sweep/sweep_file.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "src/config/nearest.h"
#include "src/config/toml_file.h"
#include "src/config/value.h"
#include "src/run/chip_spec.h"
#include "src/run/run_folder.h"

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

  SweepFile read() {
    refuse_others(table_, {"base", "config", "set", "grid", "seeds", "case", "analyze"});
    read_base();
    for (const char* shared : {"config", "set"})
      if (const toml::node* node = table_.get(shared)) add_settings(*node, shared, 1, sweep_.settings);
    read_cases();
    read_grid();
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
  std::vector<Override> values_of(const Entry& entry, const std::string& example) const {
    const toml::array* list = entry.node->as_array();
    if (list == nullptr)
      refuse(fmt::format("{}: {}: must be a list of values, such as {}", place(entry.where), entry.key, example));
    if (list->empty())
      refuse(fmt::format("{}: {}: is an empty list, which leaves no points; give at least one value",
                         place(entry.where), entry.key));
    std::vector<Override> values;
    for (const toml::node& value : *list) {
      const std::string text = toml_text(value);
      for (const Override& other : values)
        if (other.value == text) refuse(fmt::format("{}: {}: {} is there twice", place(entry.where), entry.key, text));
      values.push_back({entry.key, text, place(entry.where), folder(), 3});
    }
    return values;
  }

  void read_grid() {
    const toml::node* node = table_.get("grid");
    if (node == nullptr) return;
    for (const Entry& entry : entries_of(*node, "grid"))
      sweep_.grid.push_back({entry.key, values_of(entry, "[0.01, 0.1]")});
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

  // Refuses contradictions: a case may set what all points set, but a key of the grid is decided by the grid alone.
  void refuse_contradictions() const {
    std::vector<Override> stated = sweep_.settings;
    for (const Case& each : sweep_.cases) stated.insert(stated.end(), each.settings.begin(), each.settings.end());
    for (const Axis& axis : sweep_.grid)
      for (const Override& other : stated)
        if (other.key == axis.key)
          refuse(fmt::format("{}: {}: is in [grid] too; state it in one place", other.place, other.key));
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

SweepFile read_sweep(const std::string& path) { return SweepReader(path).read(); }

std::string fingerprint(const SweepFile& sweep) {
  std::string text = sweep.base_text + "\n[set]\n" + text_of(sweep.settings);
  for (const Case& each : sweep.cases) text += fmt::format("[case {}]\n", each.name) + text_of(each.settings);
  for (const Axis& axis : sweep.grid) text += "[grid]\n" + text_of(axis.values);
  if (sweep.analyze) text += "analyze\n";
  return sha256(text + "[seeds]\n" + text_of(sweep.seeds));
}

}  // namespace settle
