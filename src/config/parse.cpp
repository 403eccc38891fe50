#include "src/config/parse.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "src/config/assign.h"
#include "src/config/nearest.h"
#include "src/config/renamed.h"
#include "src/config/toml_file.h"
#include "src/config/validate.h"

namespace settle {
namespace {

/// One value of the file, or something that stands where no value can.
struct Entry {
  std::string name;
  const toml::node* node;
  std::uint32_t line;
};

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
    std::vector<Entry> entries;
    collect(table, "", entries);
    // A TOML table is sorted by name; the user expects the first error of the file.
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.line < b.line; });
    for (const Entry& entry : entries) set(entry.name, *entry.node, fmt::format("{}:{}", source, entry.line));
  }

  void read_override(const Override& override) {
    const toml::table table = override_value(override.value, override.place);
    set(override.key, *table.get("value"), override.place);
  }

  /// The configuration, once its keys agree with each other.
  Configuration result(const std::string& source) const {
    if (const auto conflict = find_conflict(configuration_)) {
      const auto stated = std::find_if(conflict->keys.begin(), conflict->keys.end(),
                                       [&](const auto& key) { return places_.count(key); });
      const std::string place = stated == conflict->keys.end() ? source : places_.at(*stated);
      refuse(fmt::format("{}: {}: {}", place, conflict->keys.front(), conflict->what));
    }
    return configuration_;
  }

 private:
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

  void set(const std::string& name, const toml::node& node, const std::string& place) {
    const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.name == name; });
    if (key == keys_.end()) refuse_key(name, node, place);
    if (const auto wrong = assign(key->value, node)) refuse(fmt::format("{}: {}: {}", place, name, *wrong));
    places_[name] = place;
  }

  [[noreturn]] void refuse_key(const std::string& name, const toml::node& node, const std::string& place) const {
    if (const std::string now = new_name_of(name); !now.empty())
      refuse(fmt::format("{}: {} is now {}", place, name, now));
    if (is_section(name)) {
      refuse(fmt::format("{}: {}: is a section, not a value; set one of its keys, {}.KEY = VALUE", place, name, name));
    }
    if (node.is_table()) {
      refuse(fmt::format("{}: unknown section [{}]; did you mean [{}]?", place, name, nearest(name, sections_)));
    }
    refuse(fmt::format("{}: unknown key `{}`; did you mean `{}`?", place, name, nearest(name, names_)));
  }

  /// A table whose "value" is `text` as TOML or, where `text` is no TOML, as a string.
  static toml::table override_value(const std::string& text, const std::string& place) {
    try {
      toml::table table = toml::parse("value = " + text);
      if (table.size() == 1) return table;  // a line break in `text` could have added keys
    } catch (const toml::parse_error&) {
      // a bare word, as in network.topology=residual
    }
    try {
      return toml::parse("value = " + quoted(text));
    } catch (const toml::parse_error& error) {
      refuse(fmt::format("{}: {}", place, error.description()));  // not UTF-8
    }
  }

  Configuration configuration_;
  std::vector<Key> keys_;
  std::vector<std::string> names_;
  std::vector<std::string> sections_;
  std::map<std::string, std::string> places_;  // of each key that was stated, the last place
};

std::vector<Override> set_options(const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  for (const std::string& text : texts) {
    const std::string place = "--set " + text;
    const auto equals = text.find('=');
    if (equals == std::string::npos) refuse(place + ": write KEY=VALUE, as in --set network.beta=0.1");
    overrides.push_back({text.substr(0, equals), text.substr(equals + 1), place});
  }
  return overrides;
}

}  // namespace

Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides) {
  return parse_configuration(read_text(path), path, overrides);
}

Configuration parse_configuration(const std::string& text, const std::string& source,
                                  const std::vector<std::string>& overrides) {
  return overridden_configuration(text, source, set_options(overrides));
}

Configuration overridden_configuration(const std::string& text, const std::string& source,
                                       const std::vector<Override>& overrides) {
  Reader reader;
  reader.read_file(text, source);
  for (const Override& override : overrides) reader.read_override(override);
  return reader.result(source);
}

}  // namespace settle
