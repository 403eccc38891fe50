// Seconds and the models' times as SystemC's time: the one place that converts them.
#pragma once

#include "settle/hw/systemc.h"
#include "settle/models/numeric/time.h"

namespace settle::hw {

/// Sets the resolution to a femtosecond, if it has not done so. Before the first module.
void set_time_resolution();

/// RunError for what is not a time (Time::seconds), and for what would go beyond SystemC's last one from now.
sc_core::sc_time to_sc_time(Time time);
inline sc_core::sc_time to_sc_time(double seconds) { return to_sc_time(Time::seconds(seconds)); }

}  // namespace settle::hw
