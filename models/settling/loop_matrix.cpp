#include "settle/models/settling/loop_matrix.h"

#include "settle/models/crossbar/device_current.h"
#include "settle/models/numeric/stop.h"

namespace settle {
namespace {

template <class Real>
void add(const Weights<Real>& weights, Side driven, Real factor, const Matrix<Real>& x, Matrix<Real>& y) {
  weights.add_product(driven, factor, columns(x, 0, x.cols()), Real(1), columns(y, 0, y.cols()));
}

}  // namespace

template <class Real>
States<Real> zero_states(const Circuit<Real>& circuit, Index samples) {
  States<Real> states(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p)
    states[std::size_t(p)] = Matrix<Real>::Zero(circuit.bank(p).size(), samples);
  return states;
}

template <class Real>
void add_product(const Circuit<Real>& circuit, Op op, const States<Real>& x, States<Real>& y) {
  go_on_or_stop();
  for (const Read<Real>& read : circuit.reads()) {
    if (read.role != Role::recurrent) continue;
    const auto driver = std::size_t(read.driver), sink = std::size_t(read.sink);
    if (op == Op::none) {
      add(read.weights, read.side, read.factor(), x[driver], y[sink]);
    } else {
      add(read.weights, opposite(read.side), read.factor(), x[sink], y[driver]);
    }
  }
}

template <class Real>
Matrix<Real> line_of(const Circuit<Real>& circuit, const Matrix<Real>& states) {
  if (circuit.curvature() == 0) return states;
  Matrix<Real> line(states.rows(), states.cols());
  drive_line(circuit.curvature(), columns(states, 0, states.cols()), columns(line, 0, line.cols()));
  return line;
}

template <class Real>
Matrix<Real> line_slope_of(const Circuit<Real>& circuit, const Matrix<Real>& states) {
  return (circuit.curvature() * states.array()).cosh();
}

template <class Real>
Matrix<Real> slopes_of(const Bank<Real>& bank, const Matrix<Real>& h, const Matrix<Real>& s) {
  Matrix<Real> slope(h.rows(), h.cols());
  bank.activation->slope(bank.parameters(), h.data(), s.data(), slope.data(), h.rows(), h.cols());
  return slope;
}

template <class Real>
States<Real> slopes_at(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  States<Real> slopes(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p) {
    const Matrix<Real> h = chunk.view(chunk.bank(p).drive), s = chunk.view(chunk.bank(p).state);
    slopes[std::size_t(p)] = slopes_of(circuit.bank(p), h, s).cwiseProduct(line_slope_of(circuit, s));
  }
  return slopes;
}

#define SETTLE_INSTANTIATE(Real)                                                                      \
  template States<Real> zero_states<Real>(const Circuit<Real>&, Index);                               \
  template void add_product<Real>(const Circuit<Real>&, Op, const States<Real>&, States<Real>&);      \
  template Matrix<Real> line_of<Real>(const Circuit<Real>&, const Matrix<Real>&);                     \
  template Matrix<Real> line_slope_of<Real>(const Circuit<Real>&, const Matrix<Real>&);               \
  template Matrix<Real> slopes_of<Real>(const Bank<Real>&, const Matrix<Real>&, const Matrix<Real>&); \
  template States<Real> slopes_at<Real>(const Circuit<Real>&, const Chunk<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
