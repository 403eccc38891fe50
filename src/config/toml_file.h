// TOML files as text and as tables, with errors of one line.
#pragma once

#include <string>

#include <toml++/toml.h>

namespace settle {

/// Throws InputError. Control characters (a key may hold a line break) become spaces, so that it is one line.
[[noreturn]] void refuse(std::string message);

/// The text of the file at `path` (InputError when it cannot be read).
std::string read_text(const std::string& path);

/// `text` as a table; `source` stands for the file's name in errors, "file:line: what" (InputError).
toml::table parse_toml(const std::string& text, const std::string& source);

/// The place of a node or a key: "file:line".
std::string line_of(const std::string& source, const toml::source_region& region);

}  // namespace settle
