// Keys that have no effect beside others: one table of causes for all of them.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"

namespace settle {

/// A key that has no effect as the other keys stand.
struct IdleKey {
  std::string key;
  std::vector<std::string> causes;  // keys whose values make it so
  std::string why;                  // the rest of "KEY: ", with how to mend it
  bool refused = true;              // false: a note says so, and the key stays
};

/// Every key that has no effect in this configuration, whether or not it is stated; none where a device file cannot be
/// read.
std::vector<IdleKey> idle_keys(const Configuration& c);

/// Keys that never change a result: they say how fast it comes, or what is drawn of it.
bool changes_no_result(const std::string& key);

}  // namespace settle
