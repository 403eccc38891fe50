// Other programs that a command needs.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// Runs a program (looked for in PATH) with its arguments and waits for it, in `folder` if one is given; `quiet` throws
/// away what it prints. An interrupt (interrupt_requested) ends it. Returns whether it was found and ended with status
/// 0.
bool run_program(const std::vector<std::string>& command, bool quiet, const std::string& folder = "");

/// A word of a command line that is printed for the user's shell, in quotes where it needs them.
std::string shell_word(const std::string& word);

}  // namespace settle
