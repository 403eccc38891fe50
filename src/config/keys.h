// Every configuration key: the rows of the models' structs, section by section. Parsing, the annotated defaults, the
// resolved config.toml and the error messages all follow from this list. A new setting is a member of one of those
// structs and a row beside it.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"

namespace settle {

/// A row whose name is "section.key", as after --set.
using Key = Parameter;

/// The list, in the order of the file. The keys point into `configuration`, which must outlive them and must not move.
std::vector<Key> keys(Configuration& configuration);

/// "network" of "network.beta".
std::string section_of(const Key& key);

/// "beta" of "network.beta".
std::string name_in_section(const Key& key);

}  // namespace settle
