// Keys that once had another name.
#pragma once

#include <string>
#include <vector>

namespace settle {

struct RenamedKey {
  std::string before, now;  // "section.key"
};

const std::vector<RenamedKey>& renamed_keys();

/// What the key of this old name is called now; empty when it is none.
std::string new_name_of(const std::string& name);

}  // namespace settle
