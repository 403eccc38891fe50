// A TOML file and --set options to a Configuration.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/config/keys.h"

namespace settle {

/// Reads the configuration at `path`; what it does not state keeps its default. `overrides` are applied in order
/// after the file, each "section.key=VALUE" where VALUE is TOML; what is no TOML value, and any value of a key that
/// takes text, is taken as a string. A relative path in the file is looked for beside the file, then from the current
/// folder; one of an override from the current folder alone.
///
/// Throws InputError, one line "file:line: key: what" or "--set KEY=VALUE: key: what", when the file cannot be read
/// or is not TOML, when a key is unknown, of the wrong type or out of range, or when keys contradict each other.
///
/// A key that has no effect beside others (idle.h) and is not at its default is refused where it is stated beside its
/// cause, or after it; where the cause is stated later, in a higher layer, it goes back to its default, and `notes`
/// gets a line about it.
Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides,
                                 std::vector<std::string>* notes = nullptr);

/// Reads a configuration from a text; `source` stands for the file's name in errors.
Configuration parse_configuration(const std::string& text, const std::string& source,
                                  const std::vector<std::string>& overrides, std::vector<std::string>* notes = nullptr);

/// A key that is changed after the file. `value` is TOML, or a string without quotes; `place` says where it is stated.
struct Override {
  std::string key, value, place;
  std::string folder;  // of the file that states it, beside which relative paths are looked for; empty: the current one
  int layer = 1;       // what is stated in a higher layer is changed later: 0 is the configuration's file
};

/// Options --set, each "KEY=VALUE" (InputError where it is not), as overrides.
std::vector<Override> set_options(const std::vector<std::string>& texts);

/// Reads a configuration from a text, with overrides from anywhere; errors about these are "place: key: what".
Configuration overridden_configuration(const std::string& text, const std::string& source,
                                       const std::vector<Override>& overrides,
                                       std::vector<std::string>* notes = nullptr);

}  // namespace settle
