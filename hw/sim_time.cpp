#include "settle/hw/sim_time.h"

namespace settle::hw {

void set_time_resolution() { sc_core::sc_set_time_resolution(1, sc_core::SC_FS); }

sc_core::sc_time to_sc_time(Time time) {
  static_cast<void>(Time::femtoseconds(sc_core::sc_time_stamp().value()) + time);  // for its check
  return sc_core::sc_time::from_value(time.femtoseconds());
}

}  // namespace settle::hw
