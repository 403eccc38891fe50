// An analysis as text for a terminal: tables, initial and trained weights side by side, and a plot.
#pragma once

#include <string>

#include "src/analysis/findings.h"

namespace settle {

std::string analysis_text(const LoopAnalysis& analysis);

/// Advice where not every sample of the map settles, in a line; empty where all do.
std::string remedy(const Findings& findings, const LoopAnalysis& analysis);

}  // namespace settle
