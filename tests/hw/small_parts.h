// Small parts for testbenches.
#pragma once

#include <cmath>

#include "settle/models/crossbar/crossbar.h"

namespace settle::test {

inline ArraySpec ecram() {
  ArraySpec spec(device_preset("ecram"));
  spec.weight_at_bound = 1;
  return spec;
}

/// Weights of both signs, from -0.3 to 0.3, targets x sources.
inline Matrix<float> some_weights(Index targets, Index sources) {
  Matrix<float> weights(targets, sources);
  for (Index i = 0; i < weights.size(); ++i) weights(i) = 0.3f * std::sin(1.7f * float(i));
  return weights;
}

}  // namespace settle::test
