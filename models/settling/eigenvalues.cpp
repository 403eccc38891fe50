#include "settle/models/settling/eigenvalues.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/Eigenvalues>
#include <Spectra/GenEigsSolver.h>
#include <Spectra/SymEigsSolver.h>

namespace settle {
namespace {

// As Spectra expects of an operator.
class SpectraMap {
 public:
  using Scalar = double;

  explicit SpectraMap(const LinearMap& map) : map_(map) {}

  Index rows() const { return map_.size; }
  Index cols() const { return map_.size; }
  void perform_op(const double* in, double* out) const { map_.apply(in, out); }

 private:
  const LinearMap& map_;
};

// What the map makes of unit vectors, column by column.
Matrix<double> matrix_of(const LinearMap& map) {
  Matrix<double> matrix(map.size, map.size);
  Vector<double> unit = Vector<double>::Zero(map.size);
  for (Index i = 0; i < map.size; ++i) {
    unit[i] = 1;
    map.apply(unit.data(), matrix.col(i).data());
    unit[i] = 0;
  }
  return matrix;
}

}  // namespace

std::vector<std::complex<double>> largest_eigenvalues(const LinearMap& map, Index wanted) {
  constexpr Index small = 200;
  if (map.size < small) {
    const Vector<std::complex<double>> values = matrix_of(map).eigenvalues();
    return {values.begin(), values.end()};
  }
  SpectraMap op(map);
  for (const Index basis : {std::max<Index>(40, 3 * wanted), std::max<Index>(120, 5 * wanted)}) {
    try {
      Spectra::GenEigsSolver<SpectraMap> solver(op, wanted, std::min(basis, op.rows()));
      solver.init();
      if (solver.compute(Spectra::SortRule::LargestMagn, 300, 1e-4) > 0) {
        const Vector<std::complex<double>> values = solver.eigenvalues();
        return {values.begin(), values.end()};
      }
    } catch (const std::runtime_error&) {
      // a matrix without eigenvalues but zero, on which the decomposition may fail; a wider basis may not
    }
  }
  return {};
}

double largest_symmetric_eigenvalue(const LinearMap& map) {
  constexpr Index small = 40;
  if (map.size < small)
    return Eigen::SelfAdjointEigenSolver<Matrix<double>>(matrix_of(map), Eigen::EigenvaluesOnly)
        .eigenvalues()
        .maxCoeff();
  SpectraMap op(map);
  Spectra::SymEigsSolver<SpectraMap> solver(op, 1, 16);
  solver.init();
  return solver.compute(Spectra::SortRule::LargestAlge, 100, 1e-3) < 1 ? std::nan("") : double(solver.eigenvalues()[0]);
}

}  // namespace settle
