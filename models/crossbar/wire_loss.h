// What the resistance of the wires takes from, or adds to, each weight of a crossbar, tile by tile.
#pragma once

#include "models/crossbar/mapping.h"
#include "models/crossbar/wires.h"

namespace settle {

/// For linear devices the currents of an array are G_eff^T V exactly, from either side. The loss of a weight is its
/// effective conductance minus its own: G_eff - G of its device, less the same of what is subtracted from it.
struct WireLoss {
  Wires wires;
  Mapping mapping;
  Tiling tiling;

  /// loss (targets x sources, siemens) for devices `plus` and what is subtracted from them, `minus`, likewise. In a
  /// reference column every cell conducts what minus has for its first weight.
  void compute(const Matrix<float>& plus, const Matrix<float>& minus, Matrix<float>& loss, int threads) const;
};

}  // namespace settle
