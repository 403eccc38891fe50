#include "models/device/symmetry_point.h"

#include <algorithm>

#include "models/device/response.h"

namespace settle {

// The steps of a device are its own gains times the response of its preset, or affine with slopes of its own. Up minus
// down falls with the state in every response, so bisection finds the zero, or the bound that lies nearest to it.
Matrix<float> symmetry_points(const DeviceArray& devices) {
  const DevicePreset& preset = devices.preset();
  const auto& cells = devices.cells();
  const bool affine = preset.response == Response::constant || preset.response == Response::linear ||
                      preset.response == Response::soft_bounds;
  const double nominal_up = preset.dw_min * (1 + std::min(preset.bias, 0.0)),
               nominal_down = preset.dw_min * (1 - std::max(preset.bias, 0.0));
  Matrix<float> points(devices.state().rows(), devices.state().cols());
  for (Index i = 0; i < points.size(); ++i) {
    const double up = double(cells.up(i)), down = double(cells.down(i));
    const auto excess = [&](double w) {
      if (affine) return up * (1 - double(cells.slope_up(i)) * w) - down * (1 - double(cells.slope_down(i)) * w);
      return up / nominal_up * nominal_step(preset, w, /*rising=*/true) -
             down / nominal_down * nominal_step(preset, w, /*rising=*/false);
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
