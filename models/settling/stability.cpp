#include "models/settling/stability.h"

#include <cmath>
#include <stdexcept>

#include <Eigen/Eigenvalues>
#include <Spectra/GenEigsSolver.h>

#include "models/settling/loop_matrix.h"

namespace settle {
namespace {

// The loop's matrix, applied to a vector of all hidden nodes, population after population.
template <class Real>
class LoopMatrix {
 public:
  using Scalar = double;  // as Spectra expects of an operator

  LoopMatrix(const Loop<Real>& loop, const std::vector<Vector<double>>& slopes)
      : loop_(loop), slopes_(slopes), x_(zero_states(loop, 1)), y_(x_) {
    first_.assign(std::size_t(loop.populations()), 0);
    for (Index p = 0; p < loop.populations(); ++p) {
      first_[std::size_t(p)] = size_;
      if (loop.is_hidden(p)) size_ += loop.banks[std::size_t(p)]->size();
    }
  }

  // Without a way forward and a way back, powers of the matrix vanish, and so do its eigenvalues.
  bool has_loop() const {
    bool forward = false, backward = false;
    for (const Coupling<Real>& c : loop_.couplings) {
      if (!loop_.is_hidden(c.source) || !loop_.is_hidden(c.target)) continue;
      forward = forward || (c.forward != nullptr && c.alpha != 0);
      backward = backward || (c.backward != nullptr && c.beta != 0);
    }
    return forward && backward;
  }

  Index rows() const { return size_; }
  Index cols() const { return size_; }

  void perform_op(const double* in, double* out) const {
    for (Index p = 1; p < loop_.readout(); ++p) {
      x_[std::size_t(p)] = Part(in + first_[std::size_t(p)], size_of(p)).template cast<Real>();
      y_[std::size_t(p)].setZero();
    }
    add_product(loop_, Op::none, x_, y_);
    for (Index p = 1; p < loop_.readout(); ++p) {
      Eigen::Map<Vector<double>> y(out + first_[std::size_t(p)], size_of(p));
      y = y_[std::size_t(p)].template cast<double>();
      if (!slopes_.empty()) y.array() *= slopes_[std::size_t(p)].array();
    }
  }

 private:
  using Part = Eigen::Map<const Vector<double>>;
  Index size_of(Index p) const { return loop_.banks[std::size_t(p)]->size(); }

  const Loop<Real>& loop_;
  const std::vector<Vector<double>>& slopes_;
  mutable States<Real> x_, y_;
  std::vector<Index> first_;
  Index size_ = 0;
};

template <class Operator>
double dense_radius(const Operator& op) {
  Matrix<double> a(op.rows(), op.cols());
  Vector<double> unit = Vector<double>::Zero(op.cols());
  for (Index j = 0; j < op.cols(); ++j) {
    unit[j] = 1;
    op.perform_op(unit.data(), a.col(j).data());
    unit[j] = 0;
  }
  return a.eigenvalues().cwiseAbs().maxCoeff();
}

// A symmetric layered loop has its eigenvalues in pairs +-lambda, so more than one must be asked for.
template <class Operator>
double iterative_radius(Operator& op) {
  constexpr Index wanted = 4;
  for (const Index basis : {40, 120}) {
    try {
      Spectra::GenEigsSolver<Operator> solver(op, wanted, basis);
      solver.init();
      const Index found = solver.compute(Spectra::SortRule::LargestMagn, 300, 1e-4);
      if (found > 0) return solver.eigenvalues().cwiseAbs().maxCoeff();
    } catch (const std::runtime_error&) {
      // a loop without feedback has no eigenvalue but zero, on which the decomposition may fail; a wider basis may not
    }
  }
  return std::nan("");
}

}  // namespace

template <class Real>
double spectral_radius(const Loop<Real>& loop, const std::vector<Vector<double>>& slopes) {
  LoopMatrix<Real> op(loop, slopes);
  if (op.rows() == 0 || !op.has_loop()) return 0;
  return op.rows() < 200 ? dense_radius(op) : iterative_radius(op);
}

template double spectral_radius<float>(const Loop<float>&, const std::vector<Vector<double>>&);
template double spectral_radius<double>(const Loop<double>&, const std::vector<Vector<double>>&);

}  // namespace settle
