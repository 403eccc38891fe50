// The states that the lines of a population carry, put together as they are needed.
#pragma once

#include <utility>

#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/sums.h"

namespace settle {

/// `states` and, where there is one, `scale` times a change of them: what the nudge adds, or noise. Refers to both
/// matrices (neurons x samples), which outlive it.
class LineStates {
 public:
  LineStates(const Matrix<float>& states) : states_(&states) {}  // a matrix is what lines carry
  LineStates(const Matrix<float>& states, const Matrix<float>& change, float scale)
      : states_(&states), change_(&change), scale_(scale) {}

  /// `scale` times `change` alone.
  static LineStates of_change(const Matrix<float>& change, float scale) {
    LineStates lines(change, change, scale);
    lines.states_ = nullptr;
    return lines;
  }

  /// Columns first to first + count. `scratch` has room for them where they are a sum.
  ConstView<float> columns(Index first, Index count, Matrix<float>& scratch) const {
    if (change_ == nullptr) return settle::columns(*states_, first, count);
    scratch = scale_ * settle::columns(*change_, first, count);
    if (states_ != nullptr) scratch += settle::columns(*states_, first, count);
    return settle::columns(std::as_const(scratch), 0, count);
  }

  /// The sums over columns first to first + count, which are not put together for them.
  WeightedSums sums(const Vector<float>& weights, Index first, Index count) const {
    if (change_ == nullptr) return weighted_sums(weights, settle::columns(*states_, first, count));
    const Index rows = change_->rows();
    return weighted_sums(weights, states_ != nullptr ? states_->data() + first * rows : nullptr,
                         change_->data() + first * rows, scale_, rows, count);
  }

  Matrix<float> all() const {
    if (states_ == nullptr) return scale_ * *change_;
    Matrix<float> sum = *states_;
    if (change_ != nullptr) sum += scale_ * *change_;
    return sum;
  }

 private:
  const Matrix<float>* states_;
  const Matrix<float>* change_ = nullptr;
  float scale_ = 1;
};

}  // namespace settle
