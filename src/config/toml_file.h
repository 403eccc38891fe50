// TOML files as text and as tables, with errors of one line. Every TOML text goes through parse_toml().
#pragma once

#include <string>

#include <toml++/toml.h>

#include "src/data/input_file.h"

namespace settle {

/// The text of the file at `path` (InputError when it cannot be read, or is longer than a TOML text can be).
std::string read_text(const std::string& path);

/// `text` as a table; `source` stands for the file's name in errors, "file:line: column C: what" (InputError). What the
/// library cannot be trusted with is refused before it sees it (toml_text.h).
toml::table parse_toml(const std::string& text, const std::string& source);

/// The place of a node or a key: "file:line".
std::string line_of(const std::string& source, const toml::source_region& region);

}  // namespace settle
