// Sums over matrices, a column at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/numeric/sums.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <stdexcept>

#include <hwy/highway.h>

#include "models/numeric/sums.h"

HWY_BEFORE_NAMESPACE();
namespace settle::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The sum of add(d, sum so far, i) over the rows i of a column: whole vectors first, then single elements.
template <class Add>
HWY_INLINE double sum_of_column(Index rows, const Add& add) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> one;
  const Index lanes = Index(hn::Lanes(full));
  auto even = hn::Zero(full), odd = even;  // additions that need not wait for each other
  auto rest = hn::Zero(one);
  Index i = 0;
  for (; i + 2 * lanes <= rows; i += 2 * lanes) {
    even = add(full, even, i);
    odd = add(full, odd, i + lanes);
  }
  for (; i + lanes <= rows; i += lanes) even = add(full, even, i);
  for (; i < rows; ++i) rest = add(one, rest, i);
  return double(hn::GetLane(hn::SumOfLanes(full, hn::Add(even, odd)))) + double(hn::GetLane(rest));
}

double SumOfMagnitudes(const float* x, Index rows, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c, x += rows)
    sum +=
        sum_of_column(rows, [&](auto d, auto s, Index i) HWY_ATTR { return hn::Add(s, hn::Abs(hn::LoadU(d, x + i))); });
  return sum;
}

double SumOfSquares(const float* x, Index rows, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c, x += rows)
    sum += sum_of_column(rows, [&](auto d, auto s, Index i) HWY_ATTR {
      const auto v = hn::LoadU(d, x + i);
      return hn::MulAdd(v, v, s);
    });
  return sum;
}

double WeightedSumOfMagnitudes(const float* weights, const float* x, Index rows, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c, x += rows)
    sum += sum_of_column(rows, [&](auto d, auto s, Index i) HWY_ATTR {
      return hn::MulAdd(hn::Abs(hn::LoadU(d, x + i)), hn::LoadU(d, weights + i), s);
    });
  return sum;
}

double WeightedSumOfSquares(const float* weights, const float* x, Index rows, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c, x += rows)
    sum += sum_of_column(rows, [&](auto d, auto s, Index i) HWY_ATTR {
      const auto v = hn::LoadU(d, x + i);
      return hn::MulAdd(hn::Mul(v, v), hn::LoadU(d, weights + i), s);
    });
  return sum;
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(SumOfMagnitudes);
HWY_EXPORT(SumOfSquares);
HWY_EXPORT(WeightedSumOfMagnitudes);
HWY_EXPORT(WeightedSumOfSquares);

double sum_of_magnitudes(ConstView<float> x) {
  return HWY_DYNAMIC_DISPATCH(SumOfMagnitudes)(x.data(), x.rows(), x.cols());
}

double sum_of_squares(ConstView<float> x) { return HWY_DYNAMIC_DISPATCH(SumOfSquares)(x.data(), x.rows(), x.cols()); }

double weighted_sum_of_magnitudes(const Vector<float>& weights, ConstView<float> x) {
  if (weights.size() != x.rows()) throw std::logic_error("weighted_sum_of_magnitudes: one weight for each row");
  return HWY_DYNAMIC_DISPATCH(WeightedSumOfMagnitudes)(weights.data(), x.data(), x.rows(), x.cols());
}

double weighted_sum_of_squares(const Vector<float>& weights, ConstView<float> x) {
  if (weights.size() != x.rows()) throw std::logic_error("weighted_sum_of_squares: one weight for each row");
  return HWY_DYNAMIC_DISPATCH(WeightedSumOfSquares)(weights.data(), x.data(), x.rows(), x.cols());
}

}  // namespace settle
#endif
