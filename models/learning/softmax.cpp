#include "models/learning/softmax.h"

namespace settle {

template <class Real>
void softmax(ConstView<Real> logits, View<Real> p) {
  for (Index c = 0; c < logits.cols(); ++c) {
    // the largest logit is taken out first, so that no exponential overflows
    p.col(c) = (logits.col(c).array() - logits.col(c).maxCoeff()).exp().matrix();
    p.col(c) /= p.col(c).sum();
  }
}

template void softmax<float>(ConstView<float>, View<float>);
template void softmax<double>(ConstView<double>, View<double>);

}  // namespace settle
