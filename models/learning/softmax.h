// The host's side of the read-out: SoftMax, error, loss.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// p <- SoftMax of each column of logits. `p` may be `logits`.
template <class Real>
void softmax(ConstView<Real> logits, View<Real> p);

/// The score of some samples: their number, loss and hits.
struct Score {
  double loss = 0;  // sum of -ln p of the right class
  Index hits = 0;   // samples whose likeliest class is right
  Index samples = 0;

  void add(const Score& other) {
    loss += other.loss;
    hits += other.hits;
    samples += other.samples;
  }
};

/// error <- one-hot target minus p. Returns `score` plus the score of the first `labels.size()` columns. Further
/// columns are padding, and their errors are zero. Labels must be below p.rows().
Score error_of(const Matrix<float>& p, const Eigen::Ref<const Vector<std::uint8_t>>& labels, Matrix<float>& error,
               Score score = {});

}  // namespace settle
