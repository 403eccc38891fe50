#include "models/learning/contrast.h"

#include <algorithm>
#include <utility>

#include "models/numeric/blas.h"
#include "models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index at_a_time = 512;       // samples in one product
constexpr Index rows_of_a_piece = 64;  // rows of the sum that one thread works on at a time

void copy(ConstView<float> from, Index from_first, Matrix<float>& to, Index to_first, Index count, int threads) {
  constexpr Index columns_of_a_piece = 64;
  parallel_for((count + columns_of_a_piece - 1) / columns_of_a_piece, threads, [&](Index k) {
    const Index first = k * columns_of_a_piece, n = std::min(columns_of_a_piece, count - first);
    to.middleCols(to_first + first, n) = from.middleCols(from_first + first, n);
  });
}

}  // namespace

Contrast::Contrast(Index targets, Index sources)
    : pre_(sources, at_a_time), post_(targets, at_a_time), sum_(Matrix<float>::Zero(targets, sources)) {}

void Contrast::add(ConstView<float> pre, ConstView<float> post, int threads) {
  for (Index done = 0; done < pre.cols();) {
    if (samples_ == 0 && filled_ == 0) sum_.setZero();
    const Index n = std::min(pre.cols() - done, at_a_time - filled_);
    copy(pre, done, pre_, filled_, n, threads);
    copy(post, done, post_, filled_, n, threads);
    filled_ += n;
    samples_ += n;
    done += n;
    if (filled_ == at_a_time) multiply(threads);
  }
}

const Matrix<float>& Contrast::finish(int threads) {
  if (samples_ == 0) sum_.setZero();
  if (filled_ > 0) multiply(threads);
  if (samples_ > 0) sum_ /= float(samples_);
  samples_ = 0;
  return sum_;
}

void Contrast::multiply(int threads) {
  const Index pieces = (sum_.rows() + rows_of_a_piece - 1) / rows_of_a_piece;
  parallel_for(pieces, threads, [&](Index k) {
    const Index first = k * rows_of_a_piece;
    add_outer_rows<float>(first, std::min(rows_of_a_piece, sum_.rows() - first), 1.0f,
                          columns(std::as_const(post_), 0, filled_), columns(std::as_const(pre_), 0, filled_),
                          columns(sum_, 0, sum_.cols()));
  });
  filled_ = 0;
}

}  // namespace settle
