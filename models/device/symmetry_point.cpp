#include "settle/models/device/symmetry_point.h"

#include <algorithm>

#include "settle/models/device/response.h"

namespace settle {

// The steps of a device are its own gains times the response of its preset, or affine with slopes of its own. Up minus
// down falls with the state in every response, so bisection finds the zero, or the bound that lies nearest to it.
Matrix<float> symmetry_points(const DeviceArray& devices) {
  const DevicePreset& preset = devices.preset();
  const auto& cells = devices.cells();
  const bool affine = preset.response == Response::constant || preset.response == Response::linear ||
                      preset.response == Response::soft_bounds;
  // without the bias, which is in the devices' own steps, and which leaves none of one direction where it is 1
  DevicePreset unbiased = preset;
  unbiased.bias = 0;
  Matrix<float> points(devices.state().rows(), devices.state().cols());
  for (Index i = 0; i < points.size(); ++i) {
    const double up = double(cells.up(i)), down = double(cells.down(i));
    const auto excess = [&](double w) {
      if (affine) return up * (1 - double(cells.slope_up(i)) * w) - down * (1 - double(cells.slope_down(i)) * w);
      return (up * nominal_step(unbiased, w, /*rising=*/true) - down * nominal_step(unbiased, w, /*rising=*/false)) /
             preset.dw_min;
    };
    double low = double(cells.lower(i)), high = double(cells.upper(i));
    for (int halving = 0; halving < 30; ++halving) {
      const double middle = 0.5 * (low + high);
      (excess(middle) > 0 ? low : high) = middle;
    }
    points(i) = float(0.5 * (low + high));
  }
  return points;
}

}  // namespace settle
