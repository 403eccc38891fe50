// The page of a fit: the recorded pulses beside the fitted device.
#pragma once

#include <string>
#include <vector>

#include "settle/models/device/pulse_fit.h"
#include "settle/models/device/pulse_record.h"

namespace settle {

/// A page that opens offline. `fits`: all that were tried, the chosen one first; `measured`: steps over the state, in
/// siemens (measured_steps).
std::string fit_page(const std::string& title, const PulseRecords& records, const std::vector<PulseFit>& fits,
                     const StepTable& measured);

}  // namespace settle
