#include "src/config/parse.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/config/assign.h"
#include "src/config/idle.h"
#include "src/config/nearest.h"
#include "src/config/renamed.h"
#include "src/config/toml_file.h"
#include "src/config/toml_text.h"
#include "src/config/validate.h"

namespace settle {
namespace {

/// One value of the file, or something that stands where no value can.
struct Entry {
  std::string name;
  const toml::node* node;
  std::uint32_t line;
};

/// Where a key is stated (Override).
struct Statement {
  std::string place, folder;
  int layer;
};

/// A relative path that a file states: beside that file, or else, where there is nothing, from the current folder.
std::string beside(const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  if (folder.empty() || path.empty() || fs::path(path).is_absolute()) return path;
  const fs::path here = (fs::path(folder) / path).lexically_normal();
  std::error_code unreadable;
  return !fs::exists(here, unreadable) && fs::exists(path, unreadable) ? path : here.string();
}

class Reader {
 public:
  Reader() : keys_(keys(configuration_)) {
    for (const Key& key : keys_) {
      names_.push_back(key.name);
      if (sections_.empty() || sections_.back() != section_of(key)) sections_.push_back(section_of(key));
    }
  }
  Reader(const Reader&) = delete;  // keys_ points into configuration_
  Reader& operator=(const Reader&) = delete;

  void read_file(const std::string& text, const std::string& source) {
    const toml::table table = parse_toml(text, source);
    if (table.contains("base") || table.contains("config"))
      refuse(fmt::format("{}: is a sweep, of many configurations; run it by: settle sweep {}", source, source));
    std::vector<Entry> entries;
    collect(table, "", entries);
    // A TOML table is sorted by name; the user expects the first error of the file.
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.line < b.line; });
    const std::string folder = std::filesystem::path(source).parent_path().string();
    for (const Entry& entry : entries)
      set(entry.name, *entry.node, {fmt::format("{}:{}", source, entry.line), folder, /*layer=*/0});
  }

  void read_override(const Override& override) {
    const toml::table table = override_value(override.value, takes_text(override.key), override.place);
    set(override.key, *table.get("value"), {override.place, override.folder, override.layer});
  }

  /// The configuration, once its keys agree with each other.
  Configuration result(const std::string& source, std::vector<std::string>* notes) {
    settle_idle_keys(notes);
    if (const auto conflict = find_conflict(configuration_)) {
      const auto stated = std::find_if(conflict->keys.begin(), conflict->keys.end(),
                                       [&](const auto& key) { return stated_.count(key); });
      const std::string place = stated == conflict->keys.end() ? source : stated_.at(*stated).place;
      refuse(fmt::format("{}: {}: {}", place, conflict->keys.front(), conflict->what));
    }
    return configuration_;
  }

 private:
  // Refuses keys that have no effect, or takes them back where what makes them so is stated in a higher layer.
  void settle_idle_keys(std::vector<std::string>* notes) {
    Configuration defaults;
    std::map<std::string, std::string> standard;
    for (const Key& key : keys(defaults)) standard[key.name] = to_toml(key.value);
    for (const IdleKey& idle : idle_keys(configuration_)) {
      const Key& key = *find(idle.key);
      const auto stated = stated_.find(idle.key);
      if (stated == stated_.end() || to_toml(key.value) == standard.at(idle.key)) continue;
      if (!idle.refused) {
        if (notes != nullptr) notes->push_back(fmt::format("{}: {}: {}", stated->second.place, idle.key, idle.why));
        continue;
      }
      const Statement* cause = nullptr;  // the last one
      for (const std::string& name : idle.causes)
        if (const auto at = stated_.find(name);
            at != stated_.end() && (cause == nullptr || at->second.layer > cause->layer))
          cause = &at->second;
      if (cause == nullptr || cause->layer <= stated->second.layer)
        refuse(fmt::format("{}: {}: {}", stated->second.place, idle.key, idle.why));
      if (notes != nullptr)
        notes->push_back(
            fmt::format("{}: {}: {} (because of {})", stated->second.place, idle.key, idle.why, cause->place));
      const toml::table table = parse_toml("value = " + standard.at(idle.key), idle.key);
      assign(key.value, *table.get("value"));
    }
  }

  bool is_section(const std::string& name) const {
    return std::find(sections_.begin(), sections_.end(), name) != sections_.end();
  }

  void collect(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) const {
    for (const auto& [key, node] : table) {
      const std::string part(key.str());
      // "network.beta" in quotes is one name with a dot in it, which is not the key network.beta.
      const std::string name = prefix + (part.find('.') == std::string::npos ? part : quoted(part));
      if (is_section(name) && node.is_table()) {
        collect(*node.as_table(), name + ".", entries);
      } else {
        entries.push_back({name, &node, key.source().begin.line});
      }
    }
  }

  const Key* find(const std::string& name) const {
    const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.name == name; });
    return key == keys_.end() ? nullptr : &*key;
  }

  bool takes_text(const std::string& name) const {
    const Key* key = find(name);
    return key != nullptr && std::holds_alternative<TextValue>(key->value);
  }

  void set(const std::string& name, const toml::node& node, const Statement& where) {
    const Key* key = find(name);
    if (key == nullptr) refuse_key(name, node, where.place);
    if (const auto wrong = assign(key->value, node)) refuse(fmt::format("{}: {}: {}", where.place, name, *wrong));
    if (const auto* text = std::get_if<TextValue>(&key->value); text != nullptr && text->path)
      *text->member = beside(where.folder, *text->member);
    stated_[name] = where;
  }

  [[noreturn]] void refuse_key(const std::string& name, const toml::node& node, const std::string& place) const {
    if (const std::string now = new_name_of(name); !now.empty())
      refuse(fmt::format("{}: {} is now {}", place, name, now));
    if (is_section(name)) {
      refuse(fmt::format("{}: {}: is a section, not a value; set one of its keys, {}.KEY = VALUE", place, name, name));
    }
    const std::string list = "; `settle config` lists them";
    if (node.is_table()) {
      const std::string guess = did_you_mean(name, sections_, "[", "]");
      refuse(fmt::format("{}: unknown section [{}]{}", place, name, guess.empty() ? list : guess));
    }
    const std::string guess = did_you_mean(name, names_);
    refuse(fmt::format("{}: unknown key `{}`{}", place, name, guess.empty() ? list : guess));
  }

  /// A table whose "value" is `text` as TOML or, where `text` is no TOML, or no TOML string for a key that takes text
  /// (a folder that is called 2024-05-01), as a string.
  static toml::table override_value(const std::string& text, bool takes_text, const std::string& place) {
    try {
      toml::table table = parse_toml("value = " + text, place);
      const bool one = table.size() == 1;  // a line break in `text` could have added keys
      if (one && (!takes_text || table["value"].is_string())) return table;
    } catch (const InputError&) {
      // a bare word, as in network.topology=residual
    }
    const std::string assignment = "value = " + quoted(text);
    if (const auto fault = find_fault(assignment)) refuse(fmt::format("{}: {}", place, fault->what));
    return parse_toml(assignment, place);
  }

  Configuration configuration_;
  std::vector<Key> keys_;
  std::vector<std::string> names_;
  std::vector<std::string> sections_;
  std::map<std::string, Statement> stated_;  // of each key that was stated, the last place
};

}  // namespace

std::vector<Override> set_options(const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  for (const std::string& text : texts) {
    const std::string place = "--set " + text;
    const auto equals = text.find('=');
    if (equals == std::string::npos) refuse(place + ": write KEY=VALUE, as in --set network.beta=0.1");
    overrides.push_back({text.substr(0, equals), text.substr(equals + 1), place, "", 1});
  }
  return overrides;
}

Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides,
                                 std::vector<std::string>* notes) {
  return parse_configuration(read_text(path), path, overrides, notes);
}

Configuration parse_configuration(const std::string& text, const std::string& source,
                                  const std::vector<std::string>& overrides, std::vector<std::string>* notes) {
  return overridden_configuration(text, source, set_options(overrides), notes);
}

Configuration overridden_configuration(const std::string& text, const std::string& source,
                                       const std::vector<Override>& overrides, std::vector<std::string>* notes) {
  Reader reader;
  reader.read_file(text, source);
  for (const Override& override : overrides) reader.read_override(override);
  return reader.result(source, notes);
}

}  // namespace settle
