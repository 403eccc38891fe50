// The host's side of the read-out: SoftMax, loss and error.
#pragma once

#include "models/numeric/matrix.h"

namespace settle {

/// p <- SoftMax of each column of logits. `p` may be `logits`.
template <class Real>
void softmax(ConstView<Real> logits, View<Real> p);

}  // namespace settle
