// The data of figures about how weights and times are spread, about noise by layer, and about energy by phase.
#pragma once

#include <nlohmann/json.hpp>

#include "src/report/reported_run.h"

namespace settle {

/// [{quantity, where, when, unit, low: [], high: [], count: []}]
nlohmann::json histograms_of(const ReportedRun& run);
/// [{population, drive, hold, extra, loop, total, signal, difference_noise}], rms in fractions of full scale.
nlohmann::json noise_of_populations(const ReportedRun& run);
/// [{section, phase, action, joule}] for one sample where the section has samples, else for all of it.
nlohmann::json ledger_of(const ReportedRun& run);

}  // namespace settle
