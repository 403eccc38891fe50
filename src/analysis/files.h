// An analysis as CSV files and as a page.
#pragma once

#include <filesystem>

#include "src/analysis/findings.h"

namespace settle {

/// Writes stability.csv, trajectory.csv, samples.csv, eigenvalues.csv, gradient.csv, signal.csv and analysis.html into
/// a folder. A field is empty where there is no number.
void write_analysis(const LoopAnalysis& analysis, const std::filesystem::path& folder);

}  // namespace settle
