// SoftMax, error and score of the read-out.
#include "settle/models/learning/softmax.h"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

namespace settle::test::softmax_test {
namespace {

Matrix<float> softmax_of(Matrix<float> logits) {
  softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
  return logits;
}

TEST(Softmax, IsExponentialsOverTheirSum) {
  Matrix<float> logits(3, 2);
  logits << 0.0f, 2.0f,  //
      1.0f, -1.0f,       //
      -3.0f, 0.5f;
  const Matrix<float> p = softmax_of(logits);
  for (Index c = 0; c < 2; ++c) {
    double sum = 0;
    for (Index i = 0; i < 3; ++i) sum += std::exp(double(logits(i, c)));
    for (Index i = 0; i < 3; ++i) EXPECT_NEAR(double(p(i, c)), std::exp(double(logits(i, c))) / sum, 1e-7);
  }
}

TEST(Softmax, DoesNotOverflow) {
  Matrix<float> logits(2, 2);
  logits << 1e4f, -1e4f,  //
      0.0f, -1e4f;
  Matrix<float> expected(2, 2);
  expected << 1.0f, 0.5f,  //
      0.0f, 0.5f;
  EXPECT_EQ(softmax_of(logits), expected);
}

TEST(ErrorOf, IsTargetMinusProbability) {
  Matrix<float> p(3, 3), error;
  p << 0.2f, 0.5f, 0.9f,  //
      0.7f, 0.25f, 0.05f, 0.1f, 0.25f, 0.05f;
  Vector<std::uint8_t> labels(2);  // the third column is padding
  labels << 1, 2;
  const Score score = error_of(p, labels, error);
  Matrix<float> expected(3, 3);
  expected << -0.2f, -0.5f, 0.0f,  //
      0.3f, -0.25f, 0.0f,          //
      -0.1f, 0.75f, 0.0f;
  EXPECT_LT((error - expected).cwiseAbs().maxCoeff(), 1e-7f);
  EXPECT_EQ(score.samples, 2);
  EXPECT_EQ(score.hits, 1);
  EXPECT_NEAR(score.loss, -std::log(0.7) - std::log(0.25), 1e-6);
}

TEST(ErrorOf, LossStaysFinite) {
  Matrix<float> p(2, 1), error;
  p << 1.0f, 0.0f;
  const Vector<std::uint8_t> labels = Vector<std::uint8_t>::Ones(1);
  EXPECT_TRUE(std::isfinite(error_of(p, labels, error).loss));
}

TEST(Score, AddsUp) {
  Score sum{1.5, 2, 3};
  sum.add({0.5, 1, 4});
  EXPECT_EQ(sum.loss, 2.0);
  EXPECT_EQ(sum.hits, 3);
  EXPECT_EQ(sum.samples, 7);
}

// Blocks begin anywhere: a column's bytes must not depend on where it lies.
TEST(Softmax, OfAColumnDoesNotDependOnItsPlace) {
  const Matrix<float> logits = Matrix<float>::NullaryExpr(
      10, 9, [](Index i, Index c) { return float(std::sin(1.7 * double(i) + 2.3 * double(c))); });
  Matrix<float> all = logits;
  softmax(columns(logits, 0, 9), columns(all, 0, 9));
  for (Index c = 0; c < 9; ++c) {
    Matrix<float> one = logits.col(c);
    softmax(columns(std::as_const(one), 0, 1), columns(one, 0, 1));
    EXPECT_EQ(one.col(0), all.col(c)) << c;
  }
}

}  // namespace
}  // namespace settle::test::softmax_test
