// Keys that once had another name.
#pragma once

#include <string>
#include <vector>

namespace settle {

struct RenamedKey {
  std::string before, now;  // "section.key"
};

const std::vector<RenamedKey>& renamed_keys();

/// The present name of the key that was once called `name`; empty when there is none.
std::string new_name_of(const std::string& name);

}  // namespace settle
