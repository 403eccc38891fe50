// Who works on a point: a process of some machine, which may have ended since.
#pragma once

#include <cstdint>
#include <string>

namespace settle {

struct Owner {
  std::string host;     // its name, for people
  std::string machine;  // what process numbers are of: this boot of a machine, and this container on it
  std::int64_t pid = 0;
  std::int64_t start = 0;  // when it began, in ticks since the boot: another process may get its number later
};

/// This process.
Owner this_process();

enum class Life { alive, ended, unknown };

/// Whether an owner still runs; unknown when it is, or was, on another machine than `observer`.
Life life_of(const Owner& owner, const Owner& observer);

}  // namespace settle
