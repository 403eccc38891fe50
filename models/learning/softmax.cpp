#include "settle/models/learning/softmax.h"

#include <algorithm>
#include <cmath>

namespace settle {

template <class Real>
void softmax(ConstView<Real> logits, View<Real> p) {
  // A column at a place of its own: vectors begin at aligned addresses, and the last bit of a sum, and of an
  // exponential, would depend on where in a block a column lies.
  Vector<Real> one(logits.rows());
  for (Index c = 0; c < logits.cols(); ++c) {
    one = logits.col(c);
    // the largest logit is taken out first, so that no exponential overflows
    one = (one.array() - one.maxCoeff()).exp().matrix().eval();
    p.col(c) = one / one.sum();
  }
}

Score error_of(const Matrix<float>& p, const Eigen::Ref<const Vector<std::uint8_t>>& labels, Matrix<float>& error,
               Score score) {
  score.samples += labels.size();  // one by one onto the sum: the same for any size of block
  error.setZero(p.rows(), p.cols());
  for (Index c = 0; c < labels.size(); ++c) {
    Index likeliest = 0;
    p.col(c).maxCoeff(&likeliest);
    score.hits += likeliest == labels[c];
    score.loss -= std::log(std::max(double(p(labels[c], c)), 1e-30));
    error.col(c) = -p.col(c);
    error(labels[c], c) += 1.0f;
  }
  return score;
}

template void softmax<float>(ConstView<float>, View<float>);
template void softmax<double>(ConstView<double>, View<double>);

}  // namespace settle
