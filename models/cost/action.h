// What costs energy: a record for each action, beside the figures and the formula of the part that takes it.
#pragma once

namespace settle {

/// Compared by where it is: there is one of each.
struct Action {
  const char* name;
  const char* unit;    // of what is counted
  const char* keys;    // of the configuration, whose figures make its energy; globs
  const char* source;  // of the formula and its figures

  Action(const char* name_, const char* unit_, const char* keys_, const char* source_)
      : name(name_), unit(unit_), keys(keys_), source(source_) {}
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;
};

}  // namespace settle
