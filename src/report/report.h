// The report of one or more runs: one HTML file that opens offline in any browser.
#pragma once

#include <filesystem>
#include <vector>

namespace settle {

/// Writes `html` from the files of run folders that `settle train` has written. Several runs are laid over each other
/// in the figures and side by side in the tables. The file is self-contained. Throws InputError when a run folder lacks
/// a file or holds a broken one, RunError when the library of figures cannot be read or `html` cannot be written.
void write_report(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& html);

}  // namespace settle
