// The whole HTML page.
#pragma once

#include <string>

#include "src/report/reported_run.h"

namespace settle {

/// Throws RunError when the library of figures cannot be read.
std::string report_page(const Runs& runs);

extern const char* const page_script;          // page_script.cpp: learning curves, and draw_page()
extern const char* const distribution_script;  // distribution_script.cpp: histograms, noise by layer, ledger by phase

}  // namespace settle
