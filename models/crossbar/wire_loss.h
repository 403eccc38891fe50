// What the resistance of the wires takes from, or adds to, each device of a crossbar, tile by tile.
#pragma once

#include "models/crossbar/mapping.h"
#include "models/crossbar/wires.h"

namespace settle {

/// For linear devices the currents of an array are G_eff^T V exactly, from either side. The loss G_eff - G of a device
/// is nearly in proportion to its conductance, so it is kept as a share of that, and then follows small changes of it:
/// to first order in its own conductance, what is left out is what the others' changes do to it.
///   loss = share (G + floor)
struct WireLoss {
  Wires wires;
  Mapping mapping;
  Tiling tiling;
  double floor_siemens;  // keeps the share of a device that hardly conducts finite

  struct Shares {
    Matrix<float> plus, minus;  // targets x sources; minus is empty where no cells are subtracted
  };

  /// For devices `plus` and what is subtracted from them, `minus`, both targets x sources, siemens. In a reference
  /// column every cell conducts what minus has for its array's first weight.
  void compute(const Matrix<float>& plus, const Matrix<float>& minus, Shares& shares, int threads) const;
};

}  // namespace settle
