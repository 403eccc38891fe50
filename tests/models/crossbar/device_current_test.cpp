// Lines that drive devices whose current is not linear.
#include "settle/models/crossbar/device_current.h"

#include <cmath>

#include <gtest/gtest.h>

namespace settle::device_current_test {
namespace {

constexpr double kappa = 2.0;
const double xs[] = {-1.0, -0.3, 0.0, 0.4, 1.0}, es[] = {-0.9, -0.2, 0.1, 0.8};

double line(double x) {
  double out = 0;
  drive_line<double>(kappa, ConstView<double>(&x, 1, 1), View<double>(&out, 1, 1));
  return out;
}

double difference(double scale, double x, double e) {
  double out = 0;
  drive_line_difference<double>(kappa, scale, ConstView<double>(&x, 1, 1), ConstView<double>(&e, 1, 1),
                                View<double>(&out, 1, 1));
  return out;
}

TEST(DeviceCurrent, LineIsSinh) {
  for (const double x : xs) EXPECT_NEAR(line(x), std::sinh(kappa * x) / kappa, 1e-14);
}

TEST(DeviceCurrent, DifferenceIsThatOfTwoLines) {
  for (const double x : xs)
    for (const double e : es)
      for (const double scale : {1.0, 0.1, 1e-3})
        EXPECT_NEAR(difference(scale, x, e), (line(x + scale * e) - line(x)) / scale, 1e-12) << scale;
}

TEST(DeviceCurrent, SmallDifferencesFollowTheSlope) {
  for (const double x : xs)
    for (const double e : es)
      for (const double scale : {1e-12, 1e-300, 0.0})
        EXPECT_NEAR(difference(scale, x, e), e * std::cosh(kappa * x), 1e-11);
}

}  // namespace
}  // namespace settle::device_current_test
