// A crossbar of four word lines, read by a module of the user's own: its sums are those of its weights.
#include <cmath>
#include <cstdio>

#include "hw/crossbar.h"
#include "settle/models/device/preset.h"

int sc_main(int, char**) {
  settle::hw::set_time_resolution();
  settle::ArraySpec spec;
  spec.device = settle::device_preset("ecram");
  settle::Meter meter{settle::ChipSpec{}};
  settle::CrossbarMacro array("array", settle::dense(4, 2), spec, /*seed=*/7, meter,
                              {settle::WriteScheme::transistor, 14});
  array.pulse(settle::Matrix<float>::Constant(2, 4, 20.0f), 1);
  settle::hw::CrossbarModule crossbar("crossbar", array);
  CrossbarReader reader("reader");
  reader.crossbar(crossbar);
  sc_core::sc_start();

  const settle::Matrix<float> sums = array.model().weights().rowwise().sum();
  const bool right = sums.minCoeff() > 0 && (reader.sums - sums).norm() < 1e-4f * sums.norm() &&
                     sc_core::sc_time_stamp() == sc_core::sc_time(10, sc_core::SC_NS) && meter.supplied_j() > 0;
  std::printf("sums %g and %g, expected %g and %g, at %s, %g J\n", double(reader.sums(0)), double(reader.sums(1)),
              double(sums(0)), double(sums(1)), sc_core::sc_time_stamp().to_string().c_str(), meter.supplied_j());
  return right ? 0 : 1;
}
