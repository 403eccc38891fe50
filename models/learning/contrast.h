// The contrast of the two phases: sums of outer products over a batch, one for each projection.
#pragma once

#include <memory>

#include "settle/models/network/connection.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// dW = 1/m sum over the batch's m samples of post pre^T, as far as a projection's cells connect them. Samples are
/// collected and multiplied a fixed number at a time, whatever blocks they come in, so that the last bit of the sum
/// depends on the batch alone.
class Contrast {
 public:
  /// A sum for the cells of a projection.
  explicit Contrast(std::shared_ptr<const Connection> connection);

  /// Adds samples: pre (sources x n), post (targets x n).
  void add(ConstView<float> pre, ConstView<float> post, int threads);
  /// The mean direction of all samples added since the last call; zero when there were none. The next sum starts from
  /// zero.
  const Matrix<float>& finish(int threads);

 private:
  void multiply(float factor, int threads);

  std::shared_ptr<const Connection> connection_;
  Matrix<float> pre_, post_, sum_;
  Index filled_ = 0;
  Index samples_ = 0;
};

}  // namespace settle
