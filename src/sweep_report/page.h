// The page of a sweep: one HTML file with all its points.
#pragma once

#include <string>

#include "src/sweep_report/reported_sweep.h"

namespace settle {

/// Throws RunError when the library of figures cannot be read.
std::string sweep_page(const ReportedSweep& sweep);

// What the page is made of, in this order.
extern const char* const sweep_style;         // page_style.cpp
extern const char* const points_script;       // columns, groups of seeds, the point to start from
extern const char* const filter_script;       // conditions
extern const char* const table_script;        // the table, and what lights up in figures
extern const char* const front_script;        // one metric against another
extern const char* const slices_script;       // curves over an axis, maps over two
extern const char* const sensitivity_script;  // what each axis changes
extern const char* const parallel_script;     // all axes side by side
extern const char* const learning_script;     // learning curves, and draw_page()

}  // namespace settle
