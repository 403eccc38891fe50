// The report of a sweep: one HTML file that opens offline in any browser.
#pragma once

#include <filesystem>

namespace settle {

/// Writes `html` from the database of a sweep's folder. Links to the points' own reports are relative to that folder.
/// Throws InputError where the folder has no database that can be read, RunError when `html` cannot be written.
void write_sweep_report(const std::filesystem::path& folder, const std::filesystem::path& html);

}  // namespace settle
