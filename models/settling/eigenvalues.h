// Eigenvalues of a matrix that is known by what it makes of a vector.
#pragma once

#include <complex>
#include <functional>
#include <vector>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// A matrix of `size` rows and columns. `apply` writes its product with a vector `in` to `out`, `size` numbers each.
struct LinearMap {
  Index size = 0;
  std::function<void(const double* in, double* out)> apply;
};

/// The eigenvalues of largest magnitude: all of a small matrix, `wanted` of another, or as many of them as converge
/// (Arnoldi's method).
std::vector<std::complex<double>> largest_eigenvalues(const LinearMap& map, Index wanted);

/// The largest eigenvalue of a symmetric matrix of one row or more; NaN where Lanczos' method does not converge.
double largest_symmetric_eigenvalue(const LinearMap& map);

}  // namespace settle
