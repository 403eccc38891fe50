// Sums of outer products over a batch, whatever the blocks it comes in.
#include "settle/models/learning/contrast.h"

#include <gtest/gtest.h>

#include "settle/models/numeric/random.h"

namespace settle::test::contrast_test {
namespace {

constexpr Index targets = 70, sources = 150, samples = 1300;  // three pieces of columns, two products and a rest

Matrix<float> uniform(Index rows, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<float>::NullaryExpr(rows, samples, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

class ContrastOfABatch : public testing::Test {
 protected:
  const Matrix<float> pre_ = uniform(sources, "pre"), post_ = uniform(targets, "post");

  Matrix<float> in_blocks_of(Index block, int threads, Contrast& contrast) const {
    for (Index first = 0; first < samples; first += block) {
      const Index n = std::min(block, samples - first);
      contrast.add(columns(pre_, first, n), columns(post_, first, n), threads);
    }
    return contrast.finish(threads);
  }
  Matrix<float> in_blocks_of(Index block, int threads) const {
    Contrast contrast(dense(sources, targets));
    return in_blocks_of(block, threads, contrast);
  }
};

TEST_F(ContrastOfABatch, IsTheMeanOfOuterProducts) {
  const Matrix<float> sum = in_blocks_of(100, 1);
  for (Index i = 0; i < targets; ++i) {
    for (Index j = 0; j < sources; ++j) {
      double expected = 0;
      for (Index c = 0; c < samples; ++c) expected += double(post_(i, c)) * double(pre_(j, c)) / samples;
      ASSERT_NEAR(double(sum(i, j)), expected, 1e-6);
    }
  }
}

TEST_F(ContrastOfABatch, HasTheSameBytesForAnyBlocksAndThreads) {
  const Matrix<float> whole = in_blocks_of(samples, 1);
  for (const Index block : {1, 7, 128, 511, 512, 513, 1000})
    for (const int threads : {1, 3}) EXPECT_EQ(in_blocks_of(block, threads), whole) << block << " " << threads;
}

TEST_F(ContrastOfABatch, IsForgottenOnceItIsFinished) {
  Contrast contrast(dense(sources, targets));
  const Matrix<float> first = in_blocks_of(100, 1, contrast);
  EXPECT_EQ(in_blocks_of(100, 1, contrast), first);
  EXPECT_EQ(contrast.finish(1), (Matrix<float>::Zero(targets, sources)));
  EXPECT_EQ(contrast.finish(1), (Matrix<float>::Zero(targets, sources)));
}

TEST_F(ContrastOfABatch, OfOneProductExactlyIsWhole) {
  Contrast contrast(dense(1, 1));
  const Matrix<float> ones = Matrix<float>::Ones(1, 512);
  contrast.add(columns(ones, 0, 512), columns(ones, 0, 512), 1);
  EXPECT_EQ(contrast.finish(1)(0), 1.0f);
}

}  // namespace
}  // namespace settle::test::contrast_test
