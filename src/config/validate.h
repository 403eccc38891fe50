// Checks that concern several keys at once; the range of each key alone is in keys.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/config/configuration.h"

namespace settle {

struct Conflict {
  std::vector<std::string> keys;  // those that contradict each other, the one to blame first
  std::string what;               // one line that names the other keys and says how to mend it
};

/// The first contradiction in a configuration whose keys are each within range; nothing when there is none.
std::optional<Conflict> find_conflict(const Configuration& configuration);

}  // namespace settle
