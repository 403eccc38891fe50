#include "settle/models/settling/coupling.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "settle/models/settling/eigenvalues.h"
#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// The largest slope of a population's outputs by its drives: that of the function, found on a fine grid, times the
// gains. And how much more lines carry where their devices bend upwards, at the largest output.
template <class Real>
double steepest(const Circuit<Real>& circuit, Index p) {
  const Bank<Real>& bank = circuit.bank(p);
  constexpr Index points = 8193;
  constexpr Real reach = 16;
  const Vector<Real> u = Vector<Real>::LinSpaced(points, -reach, reach);
  Vector<Real> f(points), slope(points);
  const Real gain = 1, shift = 0;
  const NeuronParameters<Real> nominal{&gain, &shift, nullptr, bank.curve.get()};
  bank.activation->apply(nominal, u.data(), f.data(), 1, points);
  bank.activation->slope(nominal, u.data(), f.data(), slope.data(), 1, points);
  Vector<Real> gains = bank.gain.cwiseAbs();
  if (bank.amplitude.size() > 0) gains = gains.cwiseProduct(bank.amplitude);
  const double amplitude = bank.amplitude.size() > 0 ? double(bank.amplitude.maxCoeff()) : 1.0;
  const double bend = std::cosh(double(circuit.curvature()) * amplitude * double(f.cwiseAbs().maxCoeff()));
  return double(slope.cwiseAbs().maxCoeff()) * double(gains.maxCoeff()) * bend;
}

// Weights of populations that make the norm small: with N the norms of M's blocks, and x and u its right and left
// eigenvectors, sqrt(x / u) makes D^-1 N D as small as its spectral radius. Through one array forwards by alpha and
// backwards by beta, that makes both ways equal.
Vector<double> population_weights(const Matrix<double>& norms) {
  const Index n = norms.rows();
  const Matrix<double> lifted = norms.array() + 1e-6 * norms.maxCoeff() + std::numeric_limits<double>::min();
  Vector<double> right = Vector<double>::Ones(n), left = right;
  for (int i = 0; i < 500; ++i) {
    right = (right + lifted * right / lifted.maxCoeff()).normalized();
    left = (left + lifted.transpose() * left / lifted.maxCoeff()).normalized();
  }
  return (right.array() / left.array()).sqrt();
}

// A^T A of A = D^-1 M L D, applied to a vector of all hidden neurons.
template <class Real>
class CouplingSquared {
 public:
  explicit CouplingSquared(const Circuit<Real>& circuit)
      : circuit_(circuit), before_(std::size_t(circuit.populations()), 0.0), after_(before_) {
    const Index hidden = circuit.readout() - 1;
    Matrix<double> norms = Matrix<double>::Zero(hidden, hidden);
    Vector<double> slopes(hidden);
    for (Index p = 1; p < circuit.readout(); ++p) {
      slopes[p - 1] = steepest(circuit, p);
      rows_ += circuit.size(p);
    }
    for (const Read<Real>& read : circuit.reads())
      if (read.role == Role::recurrent)
        norms(read.sink - 1, read.driver - 1) +=
            std::abs(double(read.factor())) * double(read.weights.view().norm()) * slopes[read.driver - 1];
    coupled_ = norms.allFinite() && norms.maxCoeff() > 0;
    if (!coupled_) return;
    const Vector<double> d = population_weights(norms);
    for (Index p = 1; p < circuit.readout(); ++p) {
      before_[std::size_t(p)] = slopes[p - 1] * d[p - 1];
      after_[std::size_t(p)] = 1 / d[p - 1];
    }
  }

  bool coupled() const { return coupled_; }
  // As long as this object is there.
  LinearMap map() const {
    return {rows_, [this](const double* in, double* out) { apply(in, out); }};
  }

 private:
  // NOLINTNEXTLINE(readability-non-const-parameter): written through Eigen's map
  void apply(const double* in, double* out) const {
    const States<Real> x = scaled(in, before_);
    States<Real> y = zero_states(circuit_, 1), z = zero_states(circuit_, 1);
    add_product(circuit_, Op::none, x, y);
    for (Index p = 1; p < circuit_.readout(); ++p)
      y[std::size_t(p)] *= Real(after_[std::size_t(p)] * after_[std::size_t(p)]);
    add_product(circuit_, Op::transpose, y, z);
    for (Index p = 1; p < circuit_.readout(); out += circuit_.size(p), ++p)
      Eigen::Map<Vector<double>>(out, circuit_.size(p)) =
          before_[std::size_t(p)] * z[std::size_t(p)].template cast<double>();
  }

  States<Real> scaled(const double* in, const std::vector<double>& by) const {
    States<Real> x = zero_states(circuit_, 1);
    for (Index p = 1; p < circuit_.readout(); in += circuit_.size(p), ++p)
      x[std::size_t(p)] =
          (by[std::size_t(p)] * Eigen::Map<const Vector<double>>(in, circuit_.size(p))).template cast<Real>();
    return x;
  }

  const Circuit<Real>& circuit_;
  std::vector<double> before_, after_;  // factors by population: L D, and D^-1
  Index rows_ = 0;
  bool coupled_ = false;
};

}  // namespace

template <class Real>
double coupling_bound(const Circuit<Real>& circuit) {
  if (!circuit.has_neurons()) return 0;
  CouplingSquared<Real> op(circuit);
  if (!op.coupled()) {
    for (const Read<Real>& read : circuit.reads())
      if (read.role == Role::recurrent && !read.weights.view().allFinite()) return infinite;
    return 0;
  }
  const double largest = largest_symmetric_eigenvalue(op.map());
  return std::isfinite(largest) ? std::sqrt(std::max(largest, 0.0)) : infinite;
}

template double coupling_bound<float>(const Circuit<float>&);
template double coupling_bound<double>(const Circuit<double>&);

}  // namespace settle
