// The current that the resistance of the wires takes from, or adds to, each device of a crossbar, tile by tile.
#pragma once

#include "settle/models/crossbar/mapping.h"
#include "settle/models/crossbar/wires.h"

namespace settle {

/// The loss of wires, by which devices conduct otherwise than they would alone: with linear devices the currents of an
/// array are G_eff^T V exactly, from either side. The loss G_eff - G of a device is nearly in proportion to its
/// conductance, so it is kept as a share of that, and then follows small changes of it: to first order this leaves out
/// the effect of the other devices' changes.
///   loss = share (G + floor)
struct WireLoss {
  Wires wires;
  Mapping mapping;
  Tiling tiling;
  double floor_siemens;  // keeps the share of a device that hardly conducts finite

  struct Shares {
    Matrix<float> plus, minus;  // targets x sources; minus is empty where no cells are subtracted
  };

  /// Computes the shares of devices `plus` and of what is subtracted from them, `minus`, both targets x sources,
  /// siemens. All cells of a reference column conduct like that of their array's first weight.
  void compute(const Matrix<float>& plus, const Matrix<float>& minus, Shares& shares, int threads) const;
};

}  // namespace settle
