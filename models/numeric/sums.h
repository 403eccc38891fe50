// Sums over matrices, of the sizes that energies and gains are made of.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

// Kernels that add up a column in float and the columns in double, so that a sum is good to about 1e-6 and does not
// depend on threads. NaN for NaN.

/// The sum of |x|.
double sum_of_magnitudes(ConstView<float> x);

/// The sum of x^2.
double sum_of_squares(ConstView<float> x);

/// The sums of |x|, x^2, weights_i |x_ic| and weights_i x_ic^2. `weights` has one element for each row.
struct WeightedSums {
  double magnitudes = 0, squares = 0, weighted_magnitudes = 0, weighted_squares = 0;
};
WeightedSums weighted_sums(const Vector<float>& weights, ConstView<float> x);
/// The same of x + factor change, which need not be put together before; x may be null: none. Both are rows x cols,
/// contiguous by columns.
WeightedSums weighted_sums(const Vector<float>& weights, const float* x, const float* change, float factor, Index rows,
                           Index cols);

/// What lies beyond +-limit: how many elements, and the sum of x^2 - limit^2 over them. NaN counts as none.
struct Beyond {
  double count = 0, squares = 0;
};
Beyond beyond(float limit, ConstView<float> x);

/// The least and the most of a column of `rows` elements and of zero, and the sum of its magnitudes.
struct ColumnExtent {
  float least = 0, most = 0;
  double magnitudes = 0;
};
ColumnExtent extent_of(const float* column, Index rows);

}  // namespace settle
