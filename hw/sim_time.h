// Seconds to simulated time, in the one place where the two meet.
#pragma once

#include <systemc>

#include "models/numeric/matrix.h"

namespace settle::hw {

/// Sets the time resolution to a femtosecond (the longest simulation is then 5 h). Before any module is made.
void set_time_resolution();

/// Throws RunError for what is negative, not finite, or beyond the longest simulation: never wraps or rounds to zero.
sc_core::sc_time to_sc_time(double seconds);

/// So many times so many seconds, exactly additive: n and m times give n + m times. Throws as above.
sc_core::sc_time to_sc_time(double seconds, Index times);

}  // namespace settle::hw
