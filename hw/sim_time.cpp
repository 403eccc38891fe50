#include "settle/hw/sim_time.h"

#include <utility>

namespace settle::hw {

void set_time_resolution() {
  static bool is_set = false;  // SystemC takes it once, before the first time is made
  if (!std::exchange(is_set, true)) sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
}

sc_core::sc_time to_sc_time(Time time) {
  static_cast<void>(Time::femtoseconds(sc_core::sc_time_stamp().value()) + time);  // for its check
  return sc_core::sc_time::from_value(time.femtoseconds());
}

}  // namespace settle::hw
