// Sums over matrices, of the sizes that energies and gains are made of.
#pragma once

#include "models/numeric/matrix.h"

namespace settle {

// Kernels that add up a column in float and the columns in double, so that a sum is good to about 1e-6 and does not
// depend on threads. NaN for NaN.

/// The sum of |x|.
double sum_of_magnitudes(ConstView<float> x);

/// The sum of x^2.
double sum_of_squares(ConstView<float> x);

/// The sum of weights_i |x_ic|. `weights` has one element for each row.
double weighted_sum_of_magnitudes(const Vector<float>& weights, ConstView<float> x);

/// The sum of weights_i x_ic^2. `weights` has one element for each row.
double weighted_sum_of_squares(const Vector<float>& weights, ConstView<float> x);

}  // namespace settle
