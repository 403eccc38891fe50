#include "settle/models/learning/gradient.h"

#include <cmath>

#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

// Adds factor post pre^T, as far as the read's cells connect them.
template <class Real>
void add_outer(const Read<Real>& read, Real factor, const Matrix<Real>& post, const Matrix<Real>& pre,
               Matrix<Real>& sum) {
  read.weights.connection->add_outer(0, sum.cols(), factor, columns(post, 0, post.cols()), columns(pre, 0, pre.cols()),
                                     Real(1), columns(sum, 0, sum.cols()));
}

template <class Real>
Matrix<Real> state_of(const Chunk<Real>& chunk, Index p) {
  return chunk.view(chunk.bank(p).state);
}

// W_out^T error
template <class Real>
States<Real> through_readout(const Circuit<Real>& circuit, const Matrix<Real>& error) {
  States<Real> source = zero_states(circuit, error.cols());
  for (const Read<Real>& read : circuit.reads()) {
    if (read.role != Role::readout || read.driver == 0) continue;
    Matrix<Real>& at = source[std::size_t(read.driver)];
    read.weights.add_product(opposite(read.side), read.factor(), columns(error, 0, error.cols()), Real(1),
                             columns(at, 0, at.cols()));
  }
  return source;
}

template <class Real>
States<Real> adjoint(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const Matrix<Real>& error,
                     const SettleOptions& options, Settled& solved) {
  const States<Real> factors = slopes_at(circuit, chunk), source = through_readout(circuit, error);
  States<Real> delta = zero_states(circuit, chunk.count);
  solved = {};
  while (solved.steps < options.steps && !solved.converged) {
    States<Real> next = source;
    add_product(circuit, Op::transpose, delta, next);
    bool still = true;
    for (Index p = 1; p < circuit.readout(); ++p) {
      const auto i = std::size_t(p);
      next[i].array() *= factors[i].array();
      // relative to each population's largest, as the first layers' may be small; a NaN is not small
      const double change = double((next[i] - delta[i]).cwiseAbs().maxCoeff());
      still = still && change <= options.tolerance * double(next[i].cwiseAbs().maxCoeff());
    }
    delta = std::move(next);
    ++solved.steps;
    solved.converged = still && solved.steps > 1;
  }
  return delta;
}

}  // namespace

template <class Real>
Directions<Real> descent(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const Matrix<Real>& x,
                         const Matrix<Real>& error, const SettleOptions& options, Settled& solved) {
  States<Real> delta = adjoint(circuit, chunk, error, options, solved);
  States<Real> line(delta.size());
  line[0] = line_of(circuit, x);
  for (Index p = 1; p < circuit.readout(); ++p) line[std::size_t(p)] = line_of(circuit, state_of(chunk, p));
  delta[std::size_t(circuit.readout())] = error;

  Directions<Real> directions(circuit.projections());
  for (const Read<Real>& read : circuit.reads()) {
    if (read.role == Role::nudge) continue;
    const auto driver = std::size_t(read.driver), sink = std::size_t(read.sink);
    Matrix<Real>& direction = directions[read.projection];
    if (read.forward()) {
      direction = Matrix<Real>::Zero(read.weights.cells->rows(), read.weights.cells->cols());
      add_outer(read, read.factor(), delta[sink], line[driver], direction);
    } else if (read.side == Side::bit_lines) {  // the same cells
      add_outer(read, read.factor(), line[driver], delta[sink], direction);
    }
  }
  return directions;
}

template <class Real>
Directions<Real> contrast_of(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const Matrix<Real>& x,
                             const Matrix<Real>& error, ContrastTerms terms) {
  Directions<Real> directions(circuit.projections());
  const auto difference = [&](Index p) { return Matrix<Real>(chunk.view(chunk.bank(p).difference)); };
  const auto pre = [&](Index p) { return p == 0 ? x : state_of(chunk, p); };
  const auto post = [&](Index p) { return p == circuit.readout() ? error : difference(p); };
  for (const Read<Real>& read : circuit.reads()) {
    if (!read.forward()) continue;
    Matrix<Real>& direction = directions[read.projection];
    direction = Matrix<Real>::Zero(read.weights.cells->rows(), read.weights.cells->cols());
    add_outer(read, Real(1), post(read.sink), pre(read.driver), direction);
    if (terms == ContrastTerms::both && read.role == Role::recurrent && circuit.feeds_back(read.projection))
      add_outer(read, Real(circuit.ratio(read.driver, read.sink)), state_of(chunk, read.sink), difference(read.driver),
                direction);
  }
  return directions;
}

template <class Real>
Alignment alignment(const Matrix<Real>& direction, const Matrix<Real>& reference) {
  const auto &a = direction.template cast<double>(), &b = reference.template cast<double>();
  const double a_norm = a.norm(), b_norm = b.norm();
  return {a.cwiseProduct(b).sum() / (a_norm * b_norm), a_norm / b_norm};
}

#define SETTLE_INSTANTIATE(Real)                                                                             \
  template Directions<Real> descent<Real>(const Circuit<Real>&, const Chunk<Real>&, const Matrix<Real>&,     \
                                          const Matrix<Real>&, const SettleOptions&, Settled&);              \
  template Directions<Real> contrast_of<Real>(const Circuit<Real>&, const Chunk<Real>&, const Matrix<Real>&, \
                                              const Matrix<Real>&, ContrastTerms);                           \
  template Alignment alignment<Real>(const Matrix<Real>&, const Matrix<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
