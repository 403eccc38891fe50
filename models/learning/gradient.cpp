#include "models/learning/gradient.h"

#include <cmath>

#include "models/settling/loop_matrix.h"

namespace settle {
namespace {

// Adds factor post pre^T.
template <class Real>
void add_outer(Real factor, const Matrix<Real>& post, const Matrix<Real>& pre, Matrix<Real>& sum) {
  gemm<Real>(Op::none, Op::transpose, factor, columns(post, 0, post.cols()), columns(pre, 0, pre.cols()), Real(1),
             columns(sum, 0, sum.cols()));
}

template <class Real>
Matrix<Real> state_of(const Chunk<Real>& chunk, Index p) {
  return chunk.view(chunk.bank(p).state);
}

// W_out^T error
template <class Real>
States<Real> through_readout(const Loop<Real>& loop, const Matrix<Real>& error) {
  States<Real> source = zero_states(loop, error.cols());
  for (const Coupling<Real>& c : loop.couplings) {
    if (c.target != loop.readout() || c.forward == nullptr || !loop.is_hidden(c.source)) continue;
    Matrix<Real>& at = source[std::size_t(c.source)];
    gemm<Real>(Op::transpose, Op::none, c.alpha, columns(*c.forward, 0, c.forward->cols()),
               columns(error, 0, error.cols()), Real(1), columns(at, 0, at.cols()));
  }
  return source;
}

template <class Real>
States<Real> adjoint(const Loop<Real>& loop, const Chunk<Real>& chunk, const Matrix<Real>& error,
                     const SettleOptions& options, Settled& solved) {
  const States<Real> factors = slopes_at(loop, chunk), source = through_readout(loop, error);
  States<Real> delta = zero_states(loop, chunk.count);
  solved = {};
  while (solved.steps < options.steps && !solved.converged) {
    States<Real> next = source;
    add_product(loop, Op::transpose, delta, next);
    bool still = true;
    for (Index p = 1; p < loop.readout(); ++p) {
      const auto i = std::size_t(p);
      next[i].array() *= factors[i].array();
      // of its own largest, as the first layers' may be small; a NaN is not small
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
Directions<Real> descent(const Loop<Real>& loop, const Chunk<Real>& chunk, const Matrix<Real>& x,
                         const Matrix<Real>& error, const SettleOptions& options, Settled& solved) {
  States<Real> delta = adjoint(loop, chunk, error, options, solved);
  States<Real> line(delta.size());
  line[0] = line_of(loop, x);
  for (Index p = 1; p < loop.readout(); ++p) line[std::size_t(p)] = line_of(loop, state_of(chunk, p));
  delta[std::size_t(loop.readout())] = error;

  Directions<Real> directions(loop.couplings.size());
  for (std::size_t k = 0; k < directions.size(); ++k) {
    const Coupling<Real>& c = loop.couplings[k];
    if (c.forward == nullptr) continue;
    const auto source = std::size_t(c.source), target = std::size_t(c.target);
    directions[k] = Matrix<Real>::Zero(c.forward->rows(), c.forward->cols());
    add_outer(c.alpha, delta[target], line[source], directions[k]);
    const bool tied = c.backward == c.forward && c.backward_op == Op::transpose;
    if (tied && loop.is_hidden(c.source) && loop.is_hidden(c.target))
      add_outer(c.beta, line[target], delta[source], directions[k]);
  }
  return directions;
}

template <class Real>
Directions<Real> contrast_of(const Loop<Real>& loop, const Chunk<Real>& chunk, const Matrix<Real>& x,
                             const Matrix<Real>& error, ContrastTerms terms) {
  Directions<Real> directions(loop.couplings.size());
  const auto difference = [&](Index p) { return Matrix<Real>(chunk.view(chunk.bank(p).difference)); };
  for (std::size_t k = 0; k < directions.size(); ++k) {
    const Coupling<Real>& c = loop.couplings[k];
    if (c.forward == nullptr) continue;
    const Matrix<Real> pre = c.source == 0 ? x : state_of(chunk, c.source);
    const Matrix<Real> post = c.target == loop.readout() ? error : difference(c.target);
    directions[k] = Matrix<Real>::Zero(post.rows(), pre.rows());
    add_outer(Real(1), post, pre, directions[k]);
    if (terms == ContrastTerms::both && c.backward != nullptr && loop.is_hidden(c.source) && loop.is_hidden(c.target))
      add_outer(Real(loop.ratio(c.source, c.target)), state_of(chunk, c.target), difference(c.source), directions[k]);
  }
  return directions;
}

template <class Real>
Alignment alignment(const Matrix<Real>& direction, const Matrix<Real>& reference) {
  const auto a = direction.template cast<double>(), b = reference.template cast<double>();
  const double a_norm = a.norm(), b_norm = b.norm();
  return {a.cwiseProduct(b).sum() / (a_norm * b_norm), a_norm / b_norm};
}

#define SETTLE_INSTANTIATE(Real)                                                                          \
  template Directions<Real> descent<Real>(const Loop<Real>&, const Chunk<Real>&, const Matrix<Real>&,     \
                                          const Matrix<Real>&, const SettleOptions&, Settled&);           \
  template Directions<Real> contrast_of<Real>(const Loop<Real>&, const Chunk<Real>&, const Matrix<Real>&, \
                                              const Matrix<Real>&, ContrastTerms);                        \
  template Alignment alignment<Real>(const Matrix<Real>&, const Matrix<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
