#include "hw/sim_time.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/error.h"

namespace settle::hw {
namespace {

constexpr double resolution_s = 1e-15;
constexpr double longest_s = 18446.0;     // 2^64 femtoseconds
constexpr double convertible_s = 9223.0;  // 2^63: sc_time takes a double by way of a signed integer

}  // namespace

void set_time_resolution() { sc_core::sc_set_time_resolution(1, sc_core::SC_FS); }

sc_core::sc_time to_sc_time(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds + sc_core::sc_time_stamp().to_seconds() > longest_s)
    throw RunError("a simulated time of " + std::to_string(seconds) + " s is not between 0 and the 5 h that " +
                   "SystemC can count in femtoseconds: shorten the run or the device's pulses");
  if (seconds > 0 && seconds < resolution_s / 2)
    throw RunError("a simulated time of " + std::to_string(seconds) + " s is below the resolution of 1 fs");
  const double first = std::min(seconds, convertible_s);
  return sc_core::sc_time(first, sc_core::SC_SEC) + sc_core::sc_time(seconds - first, sc_core::SC_SEC);
}

sc_core::sc_time to_sc_time(double seconds, Index times) {
  const sc_core::sc_time one = to_sc_time(seconds);
  if (times > 0) to_sc_time(seconds * double(times));  // for its checks
  return sc_core::sc_time::from_value(one.value() * sc_dt::uint64(times));
}

}  // namespace settle::hw
