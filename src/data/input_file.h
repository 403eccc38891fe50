// Files that a user names, as text that is safe to work on: of a bounded length, and with complaints of one line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace settle {

/// `message` as one line that a terminal can show: control characters (a key or a name may hold a line break) become
/// blanks, and the middle of what is longer than a screen is left out.
std::string one_line(std::string message);

/// Throws InputError with one_line(message).
[[noreturn]] void refuse(const std::string& message);

/// The bytes of a file, `most` at most. InputError "path: ..." when it is longer, which needs no more memory than
/// `most` to find out, or cannot be read.
std::string read_bytes(const std::filesystem::path& path, std::size_t most);

/// The line of the byte at `position`, counted from 1.
std::size_t line_at(const std::string& text, std::size_t position);

}  // namespace settle
