#include "settle/models/learning/contrast.h"

#include <algorithm>
#include <utility>

#include "settle/models/numeric/parallel.h"

namespace settle {
namespace {

constexpr Index at_a_time = 512;          // samples in one product
constexpr Index columns_of_a_piece = 64;  // columns of the sum that one thread works on at a time

void copy(ConstView<float> from, Index from_first, Matrix<float>& to, Index to_first, Index count, int threads) {
  constexpr Index piece = 64;
  for_pieces(count, piece, threads, [&](Index first, Index n) {
    to.middleCols(to_first + first, n) = from.middleCols(from_first + first, n);
  });
}

}  // namespace

Contrast::Contrast(std::shared_ptr<const Connection> connection)
    : connection_(std::move(connection)),
      pre_(connection_->sources(), at_a_time),
      post_(connection_->targets(), at_a_time),
      sum_(Matrix<float>::Zero(connection_->bit_lines(), connection_->word_lines())) {}

void Contrast::add(ConstView<float> pre, ConstView<float> post, int threads) {
  for (Index done = 0; done < pre.cols();) {
    if (filled_ == at_a_time) multiply(1.0f, threads);
    const Index n = std::min(pre.cols() - done, at_a_time - filled_);
    copy(pre, done, pre_, filled_, n, threads);
    copy(post, done, post_, filled_, n, threads);
    filled_ += n;
    samples_ += n;
    done += n;
  }
}

const Matrix<float>& Contrast::finish(int threads) {
  if (samples_ == 0) {
    sum_.setZero();
  } else {
    multiply(1.0f / float(samples_), threads);
  }
  samples_ = 0;
  return sum_;
}

// sum <- factor (sum + post pre^T), with the samples that have been collected.
void Contrast::multiply(float factor, int threads) {
  const float of_sum = samples_ == filled_ ? 0 : factor;
  for_pieces(sum_.cols(), columns_of_a_piece, threads, [&](Index first, Index count) {
    connection_->add_outer(first, count, factor, columns(std::as_const(post_), 0, filled_),
                           columns(std::as_const(pre_), 0, filled_), of_sum, columns(sum_, 0, sum_.cols()));
  });
  filled_ = 0;
}

}  // namespace settle
