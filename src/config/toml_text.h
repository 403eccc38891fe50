// What is checked in a text before the TOML library sees it.
//
// toml++ 3.3 runs into undefined behaviour where a character beyond ASCII stands outside of strings and comments (which
// TOML does not allow), and goes as deep in its own calls as keys and brackets are nested.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace settle {

constexpr std::size_t most_toml_bytes = std::size_t{1} << 20;

/// A place in a text, and what is wrong there and how to mend it.
struct TextFault {
  std::size_t line, column;  // counted from 1; columns in characters
  std::string what;
};

/// The first thing in `text` that the library cannot be trusted with: too much of it, what is not UTF-8, control
/// characters, a character beyond ASCII outside of strings and comments, brackets nested too deeply, or a key of too
/// many parts. Nothing where the library will tell all that is wrong.
std::optional<TextFault> find_fault(const std::string& text);

}  // namespace settle
