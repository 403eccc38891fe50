#include "settle/models/learning/back_propagation.h"

#include <utility>

#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

// Whether a read carries the signal forwards from hidden neurons.
template <class Real>
bool carries(const Read<Real>& read) {
  return read.driver > 0 && (read.role == Role::readout || (read.role == Role::recurrent && read.forward()));
}

// into <- the sum over targets of B delta
template <class Real>
void sum_errors(const Circuit<Real>& circuit, Index p, ConstView<Real> error, const Chunk<Real>& chunk,
                const std::vector<Matrix<Real>>& feedback, const std::vector<Matrix<Real>>& delta, View<Real> into) {
  Real factor = 0;  // on what is in `into`: the first product overwrites it
  for (const Read<Real>& read : circuit.reads()) {
    if (!carries(read) || read.driver != p) continue;
    const ConstView<Real> from =
        read.role == Role::readout ? error : columns(delta[std::size_t(read.sink)], chunk.first, chunk.count);
    if (feedback.empty()) {
      read.weights.add_product(opposite(read.side), read.factor(), from, factor, into);
    } else {
      const Matrix<Real>& own = feedback[read.projection];
      gemm<Real>(Op::none, Op::none, Real(1), columns(own, 0, own.cols()), from, factor, into);
    }
    factor = 1;
  }
  if (factor == 0) into.setZero();
}

}  // namespace

template <class Real>
void back_propagate(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> error,
                    const std::vector<Matrix<Real>>& feedback, std::vector<Matrix<Real>>& delta) {
  for (Index p = circuit.readout() - 1; p > 0; --p) {
    View<Real> into = columns(delta[std::size_t(p)], chunk.first, chunk.count);
    sum_errors(circuit, p, error, chunk, feedback, delta, into);
    const Bank<Real>& bank = circuit.bank(p);
    BankState<Real>& b = chunk.bank(p);
    const View<Real> state = chunk.view(b.state);
    View<Real> slope = chunk.view(b.difference_drive);
    bank.activation->slope(bank.parameters(), chunk.view(b.drive).data(), state.data(), slope.data(), bank.size(),
                           chunk.count);
    into.array() *= slope.array();
    if (circuit.curvature() != 0) into.array() *= line_slope_of<Real>(circuit, state).array();
  }
}

template <class Real>
double back_propagation_multiplications(const Circuit<Real>& circuit) {
  double multiplications = 0;
  for (const Read<Real>& read : circuit.reads())
    if (carries(read)) multiplications += read.weights.connection->multiplications();
  return multiplications;
}

#define SETTLE_INSTANTIATE(Real)                                                                    \
  template void back_propagate<Real>(const Circuit<Real>&, const Chunk<Real>&, ConstView<Real>,     \
                                     const std::vector<Matrix<Real>>&, std::vector<Matrix<Real>>&); \
  template double back_propagation_multiplications<Real>(const Circuit<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
