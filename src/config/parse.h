// A TOML file and --set options to a Configuration.
#pragma once

#include <string>
#include <vector>

#include "src/config/configuration.h"
#include "src/config/keys.h"

namespace settle {

/// Reads the configuration at `path`; what it does not state keeps its default. `overrides` are applied in order
/// after the file, each "section.key=VALUE" where VALUE is TOML; what is no TOML value is taken as a string.
///
/// Throws InputError, one line "file:line: key: what" or "--set KEY=VALUE: key: what", when the file cannot be read
/// or is not TOML, when a key is unknown, of the wrong type or out of range, or when keys contradict each other.
Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides);

/// Reads a configuration from a text; `source` stands for the file's name in errors.
Configuration parse_configuration(const std::string& text, const std::string& source,
                                  const std::vector<std::string>& overrides);

/// A key that is changed after the file. `value` is TOML, or a string without quotes; `place` says where it is stated.
struct Override {
  std::string key, value, place;
};

/// Reads a configuration from a text, with overrides from anywhere; errors about these are "place: key: what".
Configuration overridden_configuration(const std::string& text, const std::string& source,
                                       const std::vector<Override>& overrides);

}  // namespace settle
