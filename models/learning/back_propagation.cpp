#include "models/learning/back_propagation.h"

#include <utility>

#include "models/settling/loop_matrix.h"

namespace settle {
namespace {

template <class Real>
bool carries(const Loop<Real>& loop, const Coupling<Real>& c) {
  return c.forward != nullptr && loop.is_hidden(c.source);
}

// into <- sum over targets of B delta
template <class Real>
void sum_errors(const Loop<Real>& loop, Index p, ConstView<Real> error, const Chunk<Real>& chunk,
                const std::vector<Matrix<Real>>& feedback, const std::vector<Matrix<Real>>& delta, View<Real> into) {
  Real factor = 0;  // of what is there: the first product overwrites
  for (std::size_t k = 0; k < loop.couplings.size(); ++k) {
    const Coupling<Real>& c = loop.couplings[k];
    if (!carries(loop, c) || c.source != p) continue;
    const ConstView<Real> from =
        c.target == loop.readout() ? error : columns(delta[std::size_t(c.target)], chunk.first, chunk.count);
    if (feedback.empty()) {
      gemm<Real>(Op::transpose, Op::none, c.alpha, columns(*c.forward, 0, c.forward->cols()), from, factor, into);
    } else {
      gemm<Real>(Op::none, Op::none, Real(1), columns(feedback[k], 0, feedback[k].cols()), from, factor, into);
    }
    factor = 1;
  }
  if (factor == 0) into.setZero();
}

}  // namespace

template <class Real>
void back_propagate(const Loop<Real>& loop, const Chunk<Real>& chunk, ConstView<Real> error,
                    const std::vector<Matrix<Real>>& feedback, std::vector<Matrix<Real>>& delta) {
  for (Index p = loop.readout() - 1; p > 0; --p) {
    View<Real> into = columns(delta[std::size_t(p)], chunk.first, chunk.count);
    sum_errors(loop, p, error, chunk, feedback, delta, into);
    const Bank<Real>& bank = *loop.banks[std::size_t(p)];
    BankState<Real>& b = chunk.bank(p);
    const View<Real> state = chunk.view(b.state);
    View<Real> slope = chunk.view(b.difference_drive);
    bank.activation->slope(bank.parameters(), chunk.view(b.drive).data(), state.data(), slope.data(), bank.size(),
                           chunk.count);
    into.array() *= slope.array();
    if (loop.curvature != 0) into.array() *= line_slope_of<Real>(loop, state).array();
  }
}

template <class Real>
double back_propagation_multiplications(const Loop<Real>& loop) {
  double multiplications = 0;
  for (const Coupling<Real>& c : loop.couplings)
    if (carries(loop, c)) multiplications += double(c.forward->size());
  return multiplications;
}

#define SETTLE_INSTANTIATE(Real)                                                                    \
  template void back_propagate<Real>(const Loop<Real>&, const Chunk<Real>&, ConstView<Real>,        \
                                     const std::vector<Matrix<Real>>&, std::vector<Matrix<Real>>&); \
  template double back_propagation_multiplications<Real>(const Loop<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
