// Other programs that a command needs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace settle {

/// Runs a program (looked for in PATH) with its arguments and waits for it, in `folder` if one is given; `quiet` throws
/// away what it prints, but for standard output where a file `out` is to take it. An interrupt (interrupt_requested)
/// ends it. Returns whether it was found and ended with status 0.
bool run_program(const std::vector<std::string>& command, bool quiet, const std::string& folder = "",
                 const std::string& out = "");

/// What a command of the shell has printed, and its exit status (128 + N when signal N ended it).
struct Shell {
  int status;
  std::string output, errors;  // standard output, and standard error
};
/// Runs a command by /bin/sh and waits for it. It is in a process group of its own: Ctrl-C is ours.
Shell run_shell(const std::string& command);

/// A word of a command line that is printed for the user's shell, in quotes where it needs them.
std::string shell_word(const std::string& word);

/// The same for a path, which is no option there (no_option.h).
std::string shell_path(const std::filesystem::path& path);

}  // namespace settle
