// The values of a configuration key, as a user reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "settle/models/parameter.h"

namespace settle {

/// The values that are allowed, as the end of "must be ...": "an integer from 1 to 100".
std::string allowed(const Value& value);

/// The complaint about a value that is not allowed, in one line: "must be an integer from 1 to 100, not 0". Nothing
/// when it is allowed.
std::optional<std::string> problem(const Value& value);

/// The words that are allowed where a value is one of a few ("true" and "false" of a flag); empty for others.
std::vector<std::string> choices(const Value& value);

/// The member's value in TOML. A number reads back to the same bits.
std::string to_toml(const Value& value);

/// A TOML string of any UTF-8 text, in double quotes.
std::string quoted(const std::string& text);

}  // namespace settle
