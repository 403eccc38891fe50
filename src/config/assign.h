// Assignment of a TOML value to a member of the configuration.
#pragma once

#include <optional>
#include <string>

#include <toml++/toml.h>

#include "src/config/value.h"

namespace settle {

/// Stores `node` in the member behind `value`. An integer is taken where a number is expected, a single number where
/// an Estimate is. Nothing on success, else what is wrong: "must be an integer from 1 to 100, not the string "a"".
/// After an error the member's value is unspecified.
std::optional<std::string> assign(const Value& value, const toml::node& node);

/// A value as an error message shows it, shortened to a phrase.
std::string describe(const toml::node& node);

}  // namespace settle
