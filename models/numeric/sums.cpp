// Sums over matrices, a column at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "settle/models/numeric/sums.cpp"
#include <hwy/foreach_target.h>
// after foreach_target, which includes this file once for each CPU generation
#include <algorithm>
#include <stdexcept>

#include <hwy/highway.h>

#include "settle/models/numeric/sums.h"

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

// One pass over value(d, i), element i of a matrix: it comes from memory once, and four sums need not wait for each
// other.
template <class Value>
HWY_INLINE WeightedSums sums_with_weights(const float* weights, Index rows, Index cols, const Value& value) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> one;
  const Index lanes = Index(hn::Lanes(full));
  WeightedSums sums;
  for (Index c = 0; c < cols; ++c) {
    const auto over = [&](auto d, Index first, Index last, Index step) HWY_ATTR {
      auto magnitudes = hn::Zero(d), squares = magnitudes, weighted = magnitudes, products = magnitudes;
      for (Index i = first; i < last; i += step) {
        const auto v = value(d, c * rows + i), w = hn::LoadU(d, weights + i), size = hn::Abs(v),
                   of_line = hn::Mul(w, size);
        magnitudes = hn::Add(magnitudes, size);
        squares = hn::MulAdd(v, v, squares);
        weighted = hn::Add(weighted, of_line);
        products = hn::MulAdd(of_line, size, products);
      }
      const auto sum = [&](auto of) HWY_ATTR { return double(hn::GetLane(hn::SumOfLanes(d, of))); };
      sums.magnitudes += sum(magnitudes);
      sums.squares += sum(squares);
      sums.weighted_magnitudes += sum(weighted);
      sums.weighted_squares += sum(products);
    };
    const Index whole = rows / lanes * lanes;
    over(full, 0, whole, lanes);
    over(one, whole, rows, 1);
  }
  return sums;
}

WeightedSums SumsWithWeights(const float* weights, const float* x, Index rows, Index cols) {
  return sums_with_weights(weights, rows, cols, [x](auto d, Index i) HWY_ATTR { return hn::LoadU(d, x + i); });
}

WeightedSums SumsOfChanged(const float* weights, const float* x, const float* change, float factor, Index rows,
                           Index cols) {
  const auto changed = [=](auto d, Index i) HWY_ATTR { return hn::Mul(hn::Set(d, factor), hn::LoadU(d, change + i)); };
  if (x == nullptr) return sums_with_weights(weights, rows, cols, changed);
  return sums_with_weights(weights, rows, cols,
                           [&](auto d, Index i) HWY_ATTR { return hn::Add(changed(d, i), hn::LoadU(d, x + i)); });
}

// Elements within the limit add zero to both sums.
Beyond SumsBeyond(float limit, const float* x, Index rows, Index cols) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> one;
  const Index lanes = Index(hn::Lanes(full)), whole = rows / lanes * lanes;
  Beyond sums;
  for (Index c = 0; c < cols; ++c, x += rows) {
    const auto over = [&](auto d, Index first, Index last, Index step) HWY_ATTR {
      const auto most = hn::Set(d, limit), most_square = hn::Mul(most, most), unit = hn::Set(d, 1.0f);
      auto count = hn::Zero(d), squares = count;
      for (Index i = first; i < last; i += step) {
        const auto v = hn::LoadU(d, x + i);
        const auto is_beyond = hn::Gt(hn::Abs(v), most);
        count = hn::Add(count, hn::IfThenElseZero(is_beyond, unit));
        squares = hn::Add(squares, hn::IfThenElseZero(is_beyond, hn::MulSub(v, v, most_square)));
      }
      sums.count += double(hn::GetLane(hn::SumOfLanes(d, count)));
      sums.squares += double(hn::GetLane(hn::SumOfLanes(d, squares)));
    };
    over(full, 0, whole, lanes);
    over(one, whole, rows, 1);
  }
  return sums;
}

// Magnitudes and extremes of a column in one pass.
ColumnExtent ExtentOfColumn(const float* x, Index rows) {
  ColumnExtent extent;
  const auto over = [&](auto d, Index first, Index last, Index step) HWY_ATTR {
    auto least = hn::Zero(d), most = least, sum = least;
    for (Index i = first; i < last; i += step) {
      const auto v = hn::LoadU(d, x + i);
      least = hn::Min(least, v);
      most = hn::Max(most, v);
      sum = hn::Add(sum, hn::Abs(v));
    }
    extent.least = std::min(extent.least, hn::GetLane(hn::MinOfLanes(d, least)));
    extent.most = std::max(extent.most, hn::GetLane(hn::MaxOfLanes(d, most)));
    extent.magnitudes += double(hn::GetLane(hn::SumOfLanes(d, sum)));
  };
  const hn::ScalableTag<float> full;
  const Index lanes = Index(hn::Lanes(full)), whole = rows / lanes * lanes;
  over(full, 0, whole, lanes);
  over(hn::CappedTag<float, 1>(), whole, rows, 1);
  return extent;
}

}  // namespace settle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace settle {

HWY_EXPORT(SumOfMagnitudes);
HWY_EXPORT(SumOfSquares);
HWY_EXPORT(SumsWithWeights);
HWY_EXPORT(SumsOfChanged);
HWY_EXPORT(SumsBeyond);
HWY_EXPORT(ExtentOfColumn);

double sum_of_magnitudes(ConstView<float> x) {
  return HWY_DYNAMIC_DISPATCH(SumOfMagnitudes)(x.data(), x.rows(), x.cols());
}

double sum_of_squares(ConstView<float> x) { return HWY_DYNAMIC_DISPATCH(SumOfSquares)(x.data(), x.rows(), x.cols()); }

WeightedSums weighted_sums(const Vector<float>& weights, ConstView<float> x) {
  if (weights.size() != x.rows()) throw std::logic_error("weighted_sums: one weight for each row");
  return HWY_DYNAMIC_DISPATCH(SumsWithWeights)(weights.data(), x.data(), x.rows(), x.cols());
}

WeightedSums weighted_sums(const Vector<float>& weights, const float* x, const float* change, float factor, Index rows,
                           Index cols) {
  if (weights.size() != rows) throw std::logic_error("weighted_sums: one weight for each row");
  return HWY_DYNAMIC_DISPATCH(SumsOfChanged)(weights.data(), x, change, factor, rows, cols);
}

Beyond beyond(float limit, ConstView<float> x) {
  return HWY_DYNAMIC_DISPATCH(SumsBeyond)(limit, x.data(), x.rows(), x.cols());
}

ColumnExtent extent_of(const float* column, Index rows) { return HWY_DYNAMIC_DISPATCH(ExtentOfColumn)(column, rows); }

}  // namespace settle
#endif
