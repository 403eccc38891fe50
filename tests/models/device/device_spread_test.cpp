// Populations of devices, as drawn: every preset's spreads from device to device.
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "settle/models/device/device_array.h"

namespace settle::test::device_spread_test {
namespace {

constexpr Index rows = 101, cols = 203;  // not a multiple of the kernel's tile
constexpr double sigmas = 5;

using Values = Eigen::ArrayXd;

// The mean's and the standard deviation's distance from what is expected, in standard deviations of the estimate.
struct Off {
  double mean, spread;
};
Off off(const Values& values, double mean, double spread) {
  const double n = double(values.size());
  const Values squares = (values - values.mean()).square();
  const double variance = squares.mean();
  const double error_of_variance = std::sqrt((squares - variance).square().mean() / n);
  return {(values.mean() - mean) / std::sqrt(variance / n), (variance - spread * spread) / error_of_variance};
}

void expect_within(const Off& o, const std::string& what) {
  EXPECT_LT(std::abs(o.mean), sigmas) << what << ", mean";
  EXPECT_LT(std::abs(o.spread), sigmas) << what << ", spread";
}

Values values(const Matrix<float>& m) { return m.cast<double>().reshaped().array(); }

// The bounds of devices that are not stuck.
Values bounds(const Matrix<float>& m, const DeviceArray::Cells& cells) {
  std::vector<double> free;
  for (Index i = 0; i < m.size(); ++i)
    if (cells.lower(i) < cells.upper(i)) free.push_back(double(m(i)));
  return Values::Map(free.data(), Index(free.size()));
}

DeviceArray::Cells draw(const DevicePreset& preset) { return DeviceArray("devices", rows, cols, preset, 1).cells(); }

// Steps in units of dw_min; of a lognormal population their logarithms, which have no heavy tail.
Off step_off(const DeviceArray::Cells& cells, const DevicePreset& p, bool up) {
  const Values steps = values(up ? cells.up : cells.down) / p.dw_min;
  if (p.dtod_lognormal) return off(steps.log(), 0.0, p.dtod);
  return off(steps, up ? 1 + std::min(p.bias, 0.0) : 1 - std::max(p.bias, 0.0), std::hypot(p.dtod, p.bias_dtod));
}

Off tilt_off(const DeviceArray::Cells& cells, const DevicePreset& p) {
  return off((values(cells.up) - values(cells.down)) / p.dw_min, p.bias, 2 * p.bias_dtod);
}

// The bound is 1 + spread xi, but never below zero: mean and deviation of such a variable.
Off bound_off(const Values& bounds, double nominal, double spread) {
  if (nominal * spread == 0) return (bounds == nominal).all() ? Off{0, 0} : Off{INFINITY, INFINITY};
  const double below = 0.5 * std::erfc(-1 / spread / std::sqrt(2.0));
  const double density = std::exp(-0.5 / (spread * spread)) / std::sqrt(2 * M_PI);
  const double mean = below + spread * density;
  const double square = (1 + spread * spread) * below + spread * density;
  return off(bounds / nominal, mean, std::sqrt(square - mean * mean));
}

class EveryDevice : public testing::Test {
 protected:
  template <class Body>
  static void for_each(const Body& body) {
    for (const DevicePreset& p : device_presets()) {
      if (p.response == Response::exact) continue;
      SCOPED_TRACE(p.name);
      body(p, draw(p));
    }
  }
};
using DeviceSpread = EveryDevice;

TEST_F(DeviceSpread, OfSteps) {
  for_each([](const DevicePreset& p, const DeviceArray::Cells& cells) {
    expect_within(step_off(cells, p, true), "up");
    expect_within(step_off(cells, p, false), "down");
  });
}

TEST_F(DeviceSpread, OfUpAgainstDown) {
  for_each([](const DevicePreset& p, const DeviceArray::Cells& cells) { expect_within(tilt_off(cells, p), "tilt"); });
}

TEST_F(DeviceSpread, OfBounds) {
  for_each([](const DevicePreset& p, const DeviceArray::Cells& cells) {
    expect_within(bound_off(bounds(cells.upper, cells), p.w_max, p.w_max_dtod), "upper");
    expect_within(bound_off(bounds(cells.lower, cells), p.w_min, p.w_min_dtod), "lower");
  });
}

TEST_F(DeviceSpread, OfSlopes) {
  for_each([](const DevicePreset& p, const DeviceArray::Cells& cells) {
    if (p.response != Response::linear || p.gamma_dtod == 0) return;
    expect_within(off(values(cells.slope_up) * p.w_max, p.gamma_up, p.gamma_dtod), "up");
    expect_within(off(values(cells.slope_down) * p.w_min, p.gamma_down, p.gamma_dtod), "down");
  });
}

// The tests above, on devices drawn from a population that is a tenth off in one parameter: they must fail.
TEST_F(DeviceSpread, ATenthMoreWouldShow) {
  for_each([](const DevicePreset& p, const DeviceArray::Cells&) {
    const auto changed = [&](double DevicePreset::*parameter) {
      DevicePreset other = p;
      other.*parameter *= 1.1;
      return draw(other);
    };
    EXPECT_GT(step_off(changed(&DevicePreset::dw_min), p, true).mean, sigmas);
    EXPECT_GT(step_off(changed(&DevicePreset::dw_min), p, false).mean, sigmas);
    EXPECT_GT(step_off(changed(&DevicePreset::dtod), p, true).spread, sigmas);
    EXPECT_GT(tilt_off(changed(&DevicePreset::bias_dtod), p).spread, sigmas);
    const auto upper = [&](const DeviceArray::Cells& c) {
      return bound_off(bounds(c.upper, c), p.w_max, p.w_max_dtod);
    };
    const auto lower = [&](const DeviceArray::Cells& c) {
      return bound_off(bounds(c.lower, c), p.w_min, p.w_min_dtod);
    };
    EXPECT_GT(upper(changed(&DevicePreset::w_max)).mean, sigmas);
    EXPECT_GT(upper(changed(&DevicePreset::w_max_dtod)).spread, sigmas);
    if (p.w_min_dtod == 0) return;
    EXPECT_GT(lower(changed(&DevicePreset::w_min)).mean, sigmas);
    EXPECT_GT(lower(changed(&DevicePreset::w_min_dtod)).spread, sigmas);
  });
}

TEST_F(DeviceSpread, BoundsEncloseZero) {
  for_each([](const DevicePreset&, const DeviceArray::Cells& cells) {
    EXPECT_GE(bounds(cells.upper, cells).minCoeff(), 0.0);
    EXPECT_LE(bounds(cells.lower, cells).maxCoeff(), 0.0);
    EXPECT_GE(cells.up.minCoeff(), 0.0f);
    EXPECT_GE(cells.down.minCoeff(), 0.0f);
  });
}

TEST_F(DeviceSpread, FollowsSeedAndNameAlone) {
  const DevicePreset& p = device_preset("rpu-target");
  const Matrix<float> first = DeviceArray("a", 20, 30, p, 1).cells().up;
  EXPECT_EQ(first, DeviceArray("a", 20, 30, p, 1).cells().up);
  EXPECT_NE(first, DeviceArray("b", 20, 30, p, 1).cells().up);
  EXPECT_NE(first, DeviceArray("a", 20, 30, p, 2).cells().up);
  EXPECT_EQ(first.leftCols(10), DeviceArray("a", 20, 10, p, 1).cells().up);
}

}  // namespace
}  // namespace settle::test::device_spread_test
