// The contrast of the two phases: sums of outer products over a batch, one for each projection.
#pragma once

#include <vector>

#include "models/numeric/matrix.h"

namespace settle {

/// dW = 1/m sum over the batch's m samples of post pre^T. Samples are collected and multiplied so many at a time,
/// whatever the blocks they come in, so that the sum's last bit depends on the batch alone.
class Contrast {
 public:
  /// For a projection from `sources` to `targets` nodes.
  Contrast(Index targets, Index sources);

  /// Adds samples: pre (sources x n), post (targets x n).
  void add(ConstView<float> pre, ConstView<float> post, int threads);
  /// The mean direction of all samples added, which are then forgotten. Zero when there were none.
  const Matrix<float>& finish(int threads);

 private:
  void multiply(float factor, int threads);

  Matrix<float> pre_, post_, sum_;
  Index filled_ = 0;
  Index samples_ = 0;
};

}  // namespace settle
