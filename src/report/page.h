// The whole HTML page.
#pragma once

#include <filesystem>
#include <string>

#include "src/report/reported_run.h"

namespace settle {

/// Throws RunError when Chart.js cannot be read from `chart_js`.
std::string report_page(const Runs& runs, const std::filesystem::path& chart_js);

extern const char* const page_script;  // page_script.cpp: draws the report's charts

}  // namespace settle
