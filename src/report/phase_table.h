// Energy and time by phase, as a table beside the figure of them.
#pragma once

#include <string>

#include "src/report/reported_run.h"

namespace settle {

/// A table of the phases of a section of a run ("training", "inference", "programming"): the energy and the time, for
/// each of `samples`. Empty where nothing was booked, or the run is of a version that did not say.
std::string phase_table(const ReportedRun& run, const std::string& section, double samples);

}  // namespace settle
