#include "settle/models/settling/stability.h"

#include <algorithm>
#include <cmath>

#include "settle/models/settling/eigenvalues.h"
#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

// The circuit's matrix, applied to a vector of all hidden nodes, population after population.
template <class Real>
class LoopMatrix {
 public:
  LoopMatrix(const Circuit<Real>& circuit, const Slopes& slopes)
      : circuit_(circuit), slopes_(slopes), x_(zero_states(circuit, 1)), y_(x_) {
    first_.assign(std::size_t(circuit.populations()), 0);
    for (Index p = 0; p < circuit.populations(); ++p) {
      first_[std::size_t(p)] = size_;
      if (circuit.is_hidden(p)) size_ += circuit.bank(p).size();
    }
  }

  // Whether a signal can go round. Without a way forward and a way back, powers of the matrix vanish, and so do its
  // eigenvalues.
  bool has_loop() const {
    bool forward = false, backward = false;
    for (const Read<Real>& read : circuit_.reads()) {
      if (read.role != Role::recurrent || read.factor() == 0) continue;
      (read.forward() ? forward : backward) = true;
    }
    return forward && backward;
  }

  Index rows() const { return size_; }
  // As long as this object is there.
  LinearMap map() const {
    return {size_, [this](const double* in, double* out) { apply(in, out); }};
  }

 private:
  // NOLINTNEXTLINE(readability-non-const-parameter): written through Eigen's map
  void apply(const double* in, double* out) const {
    for (Index p = 1; p < circuit_.readout(); ++p) {
      x_[std::size_t(p)] = Part(in + first_[std::size_t(p)], size_of(p)).template cast<Real>();
      y_[std::size_t(p)].setZero();
    }
    add_product(circuit_, Op::none, x_, y_);
    for (Index p = 1; p < circuit_.readout(); ++p) {
      Eigen::Map<Vector<double>> y(out + first_[std::size_t(p)], size_of(p));
      y = y_[std::size_t(p)].template cast<double>();
      if (!slopes_.empty()) y.array() *= slopes_[std::size_t(p)].array();
    }
  }

  using Part = Eigen::Map<const Vector<double>>;
  Index size_of(Index p) const { return circuit_.bank(p).size(); }

  const Circuit<Real>& circuit_;
  const Slopes& slopes_;
  mutable States<Real> x_, y_;
  std::vector<Index> first_;
  Index size_ = 0;
};

}  // namespace

template <class Real>
Slopes mean_slopes(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  Slopes slopes;
  for (const Matrix<Real>& m : slopes_at(circuit, chunk))
    slopes.push_back(m.size() > 0 ? Vector<double>(m.rowwise().mean().template cast<double>()) : Vector<double>());
  return slopes;
}

template <class Real>
Slopes slopes_of_sample(const Circuit<Real>& circuit, const Chunk<Real>& chunk, Index sample) {
  return mean_slopes(circuit, Chunk<Real>{chunk.states, chunk.first + sample, 1});
}

template <class Real>
std::vector<std::complex<double>> loop_eigenvalues(const Circuit<Real>& circuit, const Slopes& slopes, Index wanted) {
  const LoopMatrix<Real> loop(circuit, slopes);
  if (loop.rows() == 0 || !loop.has_loop()) return {};
  std::vector<std::complex<double>> values = largest_eigenvalues(loop.map(), wanted);
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return std::abs(a) > std::abs(b); });
  return values;
}

template <class Real>
double spectral_radius(const Circuit<Real>& circuit, const Slopes& slopes) {
  // a symmetric layered circuit has its eigenvalues in pairs +-lambda, so more than one must be asked for
  constexpr Index wanted = 4;
  const LoopMatrix<Real> op(circuit, slopes);
  if (op.rows() == 0 || !op.has_loop()) return 0;
  const std::vector<std::complex<double>> values = loop_eigenvalues(circuit, slopes, wanted);
  return values.empty() ? std::nan("") : std::abs(values.front());
}

#define SETTLE_INSTANTIATE(Real)                                                                                 \
  template Slopes mean_slopes<Real>(const Circuit<Real>&, const Chunk<Real>&);                                   \
  template Slopes slopes_of_sample<Real>(const Circuit<Real>&, const Chunk<Real>&, Index);                       \
  template std::vector<std::complex<double>> loop_eigenvalues<Real>(const Circuit<Real>&, const Slopes&, Index); \
  template double spectral_radius<Real>(const Circuit<Real>&, const Slopes&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
