// An analysis as a page that opens offline.
#pragma once

#include <string>

#include "src/analysis/findings.h"

namespace settle {

/// Throws RunError when the library of figures cannot be read.
std::string analysis_page(const LoopAnalysis& analysis);

extern const char* const analysis_script;  // page_script.cpp: draws the charts

}  // namespace settle
