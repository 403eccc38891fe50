// What an array keeps: read again, it is the same array.
#include <gtest/gtest.h>

#include "settle/models/crossbar/crossbar.h"
#include "tests/models/memory_archive.h"

namespace settle::test::crossbar_state_test {
namespace {

// 1/f noise is frozen from one look to the next; each look has its own.
TEST(CrossbarState, FlickersAsItDid) {
  ArraySpec spec;
  spec.device = device_preset("ecram");
  spec.device.flicker = 0.05;
  const auto array = [&] { return Crossbar("array", 6, 8, spec, 1); };
  Crossbar crossbar = array(), again = array();
  crossbar.set_weights(Matrix<float>::Constant(6, 8, 0.3f), 1);
  const auto elapse = [&](Crossbar& c) { c.elapse(1e-3, 1); };
  for (int look = 0; look < 3; ++look) elapse(crossbar);
  MemoryArchive archive;
  crossbar.visit_state(archive);
  archive.rewind();
  again.visit_state(archive);
  EXPECT_TRUE(again.effective() == crossbar.effective());
  elapse(crossbar);
  EXPECT_FALSE(again.effective() == crossbar.effective());
  elapse(again);
  EXPECT_TRUE(again.effective() == crossbar.effective());
}

// A device that takes no more pulses stays where it is, whatever is done to the others.
TEST(CrossbarState, WornDevicesStayWhereTheyWere) {
  ArraySpec spec;
  spec.device = device_preset("capacitor");
  spec.device.endurance = 10.5;
  spec.device.leak_time_s = 1;
  const auto array = [&] { return Crossbar("array", 2, 2, spec, 1); };
  Crossbar crossbar = array(), again = array();
  Matrix<float> counts(2, 2);
  counts << 20, 0, 0, 5;
  crossbar.pulse(counts, 0, 1);
  const float worn = crossbar.devices().state()(0), fresh = crossbar.devices().state()(3);
  MemoryArchive archive;
  crossbar.visit_state(archive);
  archive.rewind();
  again.visit_state(archive);
  again.elapse(spec.device.leak_time_s, 1);
  EXPECT_EQ(again.devices().state()(0), worn);
  EXPECT_LT(again.devices().state()(3), 0.5f * fresh);
}

}  // namespace
}  // namespace settle::test::crossbar_state_test
