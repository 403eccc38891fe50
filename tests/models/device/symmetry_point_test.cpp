#include "settle/models/device/symmetry_point.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/device/response.h"
#include "tests/models/device/device_examples.h"

namespace settle::test::symmetry_point_test {
namespace {

constexpr Index count = 100;

TEST(SymmetryPoint, StepsUpAndDownAreEqualThere) {
  DevicePreset p = without_spread(device_preset("reram-es"));
  const Matrix<float> points = symmetry_points(DeviceArray("array", count, 1, p, 1));
  for (Index i = 0; i < count; ++i)
    EXPECT_NEAR(nominal_step(p, double(points(i)), true), nominal_step(p, double(points(i)), false), 1e-3 * p.dw_min);
}

// A device that hardly moves one way, or not at all, is driven to the end of the other one.
TEST(SymmetryPoint, OfStepsThatGoOneWayAloneIsABound) {
  for (const char* name : {"reram-es", "reram-sb", "ecram"})
    for (const double bias : {1.0, -1.0}) {
      DevicePreset p = without_spread(device_preset(name));
      p.bias = bias;
      const DeviceArray devices("array", count, 1, p, 1);
      const Matrix<float> points = symmetry_points(devices);
      const Matrix<float>& bound = bias > 0 ? devices.cells().upper : devices.cells().lower;
      for (Index i = 0; i < count; ++i) {
        // or where its steps end: the exponential response has none beyond a state
        const double step = nominal_step(p, double(points(i)), bias > 0);
        EXPECT_TRUE(std::abs(points(i) - bound(i)) < 1e-3f || step < 1e-3 * p.dw_min) << name << " " << points(i);
      }
    }
}

}  // namespace
}  // namespace settle::test::symmetry_point_test
