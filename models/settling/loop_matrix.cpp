#include "models/settling/loop_matrix.h"

#include "models/crossbar/device_current.h"

namespace settle {
namespace {

template <class Real>
void add(Op op, Real factor, const Matrix<Real>& matrix, const Matrix<Real>& x, Matrix<Real>& y) {
  gemm<Real>(op, Op::none, factor, columns(matrix, 0, matrix.cols()), columns(x, 0, x.cols()), Real(1),
             columns(y, 0, y.cols()));
}

Op transposed(Op op) { return op == Op::none ? Op::transpose : Op::none; }

}  // namespace

template <class Real>
States<Real> zero_states(const Loop<Real>& loop, Index samples) {
  States<Real> states(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p)
    states[std::size_t(p)] = Matrix<Real>::Zero(loop.banks[std::size_t(p)]->size(), samples);
  return states;
}

template <class Real>
void add_product(const Loop<Real>& loop, Op op, const States<Real>& x, States<Real>& y) {
  const bool straight = op == Op::none;
  for (const Coupling<Real>& c : loop.couplings) {
    if (!loop.is_hidden(c.source) || !loop.is_hidden(c.target)) continue;
    const auto source = std::size_t(c.source), target = std::size_t(c.target);
    if (c.forward != nullptr)
      add(op, c.alpha, *c.forward, x[straight ? source : target], y[straight ? target : source]);
    if (c.backward != nullptr)
      add(straight ? c.backward_op : transposed(c.backward_op), c.beta, *c.backward, x[straight ? target : source],
          y[straight ? source : target]);
  }
}

template <class Real>
Matrix<Real> line_of(const Loop<Real>& loop, const Matrix<Real>& states) {
  if (loop.curvature == 0) return states;
  Matrix<Real> line(states.rows(), states.cols());
  drive_line(loop.curvature, columns(states, 0, states.cols()), columns(line, 0, line.cols()));
  return line;
}

template <class Real>
Matrix<Real> line_slope_of(const Loop<Real>& loop, const Matrix<Real>& states) {
  return (loop.curvature * states.array()).cosh();
}

template <class Real>
Matrix<Real> slopes_of(const Bank<Real>& bank, const Matrix<Real>& h, const Matrix<Real>& s) {
  Matrix<Real> slope(h.rows(), h.cols());
  bank.activation->slope(bank.parameters(), h.data(), s.data(), slope.data(), h.rows(), h.cols());
  return slope;
}

template <class Real>
States<Real> slopes_at(const Loop<Real>& loop, const Chunk<Real>& chunk) {
  States<Real> slopes(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p) {
    const Matrix<Real> h = chunk.view(chunk.bank(p).drive), s = chunk.view(chunk.bank(p).state);
    slopes[std::size_t(p)] = slopes_of(*loop.banks[std::size_t(p)], h, s).cwiseProduct(line_slope_of(loop, s));
  }
  return slopes;
}

#define SETTLE_INSTANTIATE(Real)                                                                      \
  template States<Real> zero_states<Real>(const Loop<Real>&, Index);                                  \
  template void add_product<Real>(const Loop<Real>&, Op, const States<Real>&, States<Real>&);         \
  template Matrix<Real> line_of<Real>(const Loop<Real>&, const Matrix<Real>&);                        \
  template Matrix<Real> line_slope_of<Real>(const Loop<Real>&, const Matrix<Real>&);                  \
  template Matrix<Real> slopes_of<Real>(const Bank<Real>&, const Matrix<Real>&, const Matrix<Real>&); \
  template States<Real> slopes_at<Real>(const Loop<Real>&, const Chunk<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
