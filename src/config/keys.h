// Every configuration key, once: its name, what it may hold and what it means. Parsing, the annotated defaults, the
// resolved config.toml and the error messages all follow from this list. A new setting is a member of Configuration
// and a line in keys.cpp.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/config/value.h"

namespace settle {

/// The names in the tables of the models, which a configuration chooses from. An empty list allows any name.
struct Families {
  std::vector<std::string> activations;
  std::vector<std::string> optimizers;
  std::vector<std::string> presets;
  std::vector<std::string> initials = {};
};

struct Key {
  std::string name;     // "section.key", as after --set
  Value value;          // points into the configuration that keys() was given
  std::string meaning;  // one line, with the unit
};

/// The list, in the order of the file: section by section. The keys point into `configuration`, which must outlive
/// them and must not move.
std::vector<Key> keys(Configuration& configuration, const Families& families);

/// "network" of "network.beta".
std::string section_of(const Key& key);

/// "beta" of "network.beta".
std::string name_in_section(const Key& key);

}  // namespace settle
