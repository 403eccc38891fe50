// Other programs that a command needs.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// Runs a program (looked for in PATH) with its arguments and waits for it, in `folder` if one is given; `quiet` throws
/// away what it prints. Returns whether it was found and ended with status 0.
bool run_program(const std::vector<std::string>& command, bool quiet, const std::string& folder = "");

}  // namespace settle
