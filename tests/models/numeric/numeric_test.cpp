// Products and threads, below everything else.
#include <atomic>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/numeric/blas.h"
#include "settle/models/numeric/parallel.h"
#include "settle/models/numeric/random.h"
#include "settle/models/numeric/sums.h"
#include "settle/models/numeric/time.h"

namespace settle::test::numeric_test {
namespace {

Matrix<double> uniform(Index rows, Index cols, const char* name) {
  Engine engine(Stream(1, name, Purpose::test));
  return Matrix<double>::NullaryExpr(rows, cols, [&](Index, Index) { return double(engine()) * 0x1p-31 - 1; });
}

ConstView<double> all(const Matrix<double>& m) { return columns(m, 0, m.cols()); }
View<double> all(Matrix<double>& m) { return columns(m, 0, m.cols()); }

TEST(Gemm, IsTheProduct) {
  for (const Op op_a : {Op::none, Op::transpose}) {
    for (const Op op_b : {Op::none, Op::transpose}) {
      const Matrix<double> a = op_a == Op::none ? uniform(4, 6, "a") : uniform(6, 4, "a");
      const Matrix<double> b = op_b == Op::none ? uniform(6, 5, "b") : uniform(5, 6, "b");
      const Matrix<double> before = uniform(4, 5, "c");
      Matrix<double> c = before;
      gemm<double>(op_a, op_b, 2.0, all(a), all(b), 0.5, all(c));
      for (Index i = 0; i < 4; ++i) {
        for (Index j = 0; j < 5; ++j) {
          double sum = 0;
          for (Index k = 0; k < 6; ++k)
            sum += (op_a == Op::none ? a(i, k) : a(k, i)) * (op_b == Op::none ? b(k, j) : b(j, k));
          EXPECT_NEAR(c(i, j), 2 * sum + 0.5 * before(i, j), 1e-14);
        }
      }
    }
  }
}

// With one column it takes another way.
TEST(Gemm, OfOneColumnIsTheProduct) {
  for (const Op op_a : {Op::none, Op::transpose}) {
    for (const Op op_b : {Op::none, Op::transpose}) {
      const Matrix<double> a = op_a == Op::none ? uniform(4, 6, "a") : uniform(6, 4, "a");
      const Matrix<double> b = op_b == Op::none ? uniform(6, 1, "b") : uniform(1, 6, "b");
      const Matrix<double> before = uniform(4, 1, "c");
      Matrix<double> c = before, unset = Matrix<double>::Constant(4, 1, std::nan(""));
      gemm<double>(op_a, op_b, 2.0, all(a), all(b), 0.5, all(c));
      gemm<double>(op_a, op_b, 1.0, all(a), all(b), 0.0, all(unset));
      for (Index i = 0; i < 4; ++i) {
        double sum = 0;
        for (Index k = 0; k < 6; ++k) sum += (op_a == Op::none ? a(i, k) : a(k, i)) * b(k);
        EXPECT_NEAR(c(i), 2 * sum + 0.5 * before(i), 1e-14);
        EXPECT_NEAR(unset(i), sum, 1e-14) << "a factor of zero does not read what is there";
      }
    }
  }
}

TEST(Gemm, MakesSomeColumnsOfAnOuterProduct) {
  const Matrix<double> a = uniform(4, 3, "a"), b = uniform(7, 3, "b"), before = uniform(4, 7, "c");
  Matrix<double> c = before;
  outer_columns<double>(2, 3, 1.5, all(a), all(b), 0.5, all(c));
  Matrix<double> expected = before;
  expected.middleCols(2, 3) = 0.5 * before.middleCols(2, 3) + 1.5 * a * b.middleRows(2, 3).transpose();
  EXPECT_LT((c - expected).cwiseAbs().maxCoeff(), 1e-14);
}

TEST(Gemm, RefusesShapesThatDoNotAgree) {
  const Matrix<double> a = uniform(4, 6, "a"), b = uniform(5, 5, "b");
  Matrix<double> c(4, 5);
  EXPECT_THROW(gemm<double>(Op::none, Op::none, 1.0, all(a), all(b), 0.0, all(c)), std::logic_error);
  EXPECT_THROW(outer_columns<double>(0, 4, 1.0, all(a), all(b), 1.0, all(c)), std::logic_error);
}

TEST(Sums, AreThoseOfAnyNumberOfRows) {
  for (const Index rows : {1, 7, 16, 33, 100, 785}) {
    const Matrix<float> x = uniform(rows, 3, "x").cast<float>();
    const Vector<float> w = uniform(rows, 1, "w").cast<float>().cwiseAbs();
    const Matrix<double> exact = x.cast<double>();
    const double weighted = (w.cast<double>().transpose() * exact.cwiseAbs2()).sum();
    const ConstView<float> all_of_x = columns(x, 0, 3);
    EXPECT_NEAR(sum_of_magnitudes(all_of_x), exact.cwiseAbs().sum(), 1e-6 * exact.cwiseAbs().sum()) << rows;
    EXPECT_NEAR(sum_of_squares(all_of_x), exact.squaredNorm(), 1e-6 * exact.squaredNorm()) << rows;
    const double magnitudes = (w.cast<double>().transpose() * exact.cwiseAbs()).sum();
    const WeightedSums sums = weighted_sums(w, all_of_x);
    EXPECT_NEAR(sums.magnitudes, exact.cwiseAbs().sum(), 1e-6 * exact.cwiseAbs().sum()) << rows;
    EXPECT_NEAR(sums.squares, exact.squaredNorm(), 1e-6 * exact.squaredNorm()) << rows;
    EXPECT_NEAR(sums.weighted_magnitudes, magnitudes, 1e-6 * magnitudes) << rows;
    EXPECT_NEAR(sums.weighted_squares, weighted, 1e-6 * weighted) << rows;
    const ColumnExtent extent = extent_of(x.data() + 2 * rows, rows);
    EXPECT_EQ(extent.least, std::min(0.0f, x.col(2).minCoeff())) << rows;
    EXPECT_EQ(extent.most, std::max(0.0f, x.col(2).maxCoeff())) << rows;
    EXPECT_NEAR(extent.magnitudes, exact.col(2).cwiseAbs().sum(), 1e-6 * exact.col(2).cwiseAbs().sum()) << rows;
  }
}

// Energies must not depend on whether the states on the lines were put together first.
TEST(Sums, OfAChangeAreThoseOfWhatItMakes) {
  for (const Index rows : {1, 16, 41}) {
    const Matrix<float> x = Matrix<float>::Random(rows, 3), change = Matrix<float>::Random(rows, 3);
    const Vector<float> w = Vector<float>::Random(rows).cwiseAbs();
    const auto expect_equal = [&](const Matrix<float>& whole, const float* from) {
      const WeightedSums all = weighted_sums(w, columns(whole, 0, 3));
      const WeightedSums sums = weighted_sums(w, from, change.data(), 0.3f, rows, 3);
      EXPECT_EQ(sums.magnitudes, all.magnitudes) << rows;
      EXPECT_EQ(sums.squares, all.squares) << rows;
      EXPECT_EQ(sums.weighted_magnitudes, all.weighted_magnitudes) << rows;
      EXPECT_EQ(sums.weighted_squares, all.weighted_squares) << rows;
    };
    expect_equal(0.3f * change, nullptr);
    expect_equal(0.3f * change + x, x.data());
  }
}

TEST(Sums, KeepNaN) {
  for (const Index at : {0, 40}) {  // in a whole vector, in the rest
    Matrix<float> x = Matrix<float>::Ones(41, 2);
    x(at, 1) = std::numeric_limits<float>::quiet_NaN();
    const ConstView<float> all_of_x(x.data(), 41, 2);
    EXPECT_TRUE(std::isnan(sum_of_magnitudes(all_of_x)));
    EXPECT_TRUE(std::isnan(sum_of_squares(all_of_x)));
    EXPECT_TRUE(std::isnan(weighted_sums(Vector<float>::Ones(41), all_of_x).weighted_squares));
    EXPECT_TRUE(std::isnan(weighted_sums(Vector<float>::Ones(41), all_of_x).weighted_magnitudes));
  }
}

TEST(ParallelFor, DoesEachPieceOnce) {
  for (const int threads : {1, 2, 4}) {
    for (const Index count : {0, 1, 2, 3, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      parallel_for(count, threads, [&](Index i) { ++done[std::size_t(i)]; });
      for (const auto& d : done) EXPECT_EQ(d, 1);
    }
  }
}

TEST(ParallelFor, RethrowsTheFirstException) {
  for (const int threads : {1, 3}) {
    try {
      parallel_for(100, threads, [](Index i) {
        if (i % 30 == 17) throw std::runtime_error(std::to_string(i));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& e) {
      EXPECT_STREQ(e.what(), "17");
    }
  }
}

// Also beyond 4.5 s, where half a femtosecond is less than a double resolves.
TEST(Time, IsTheNearestFemtosecond) {
  EXPECT_EQ(Time::seconds(1.4e-15).femtoseconds(), 1u);
  EXPECT_EQ(Time::seconds(1.6e-15).femtoseconds(), 2u);
  EXPECT_EQ(Time::seconds(4.503599627370497).femtoseconds(), 4503599627370497u);
  EXPECT_EQ(Time::seconds(18000).femtoseconds(), 18000000000000000000u);
}

TEST(ChunkWidth, CutsABatchEvenlyIntoNoMoreThan128) {
  for (const Index batch : {1, 20, 127, 128, 129, 500, 1000, 60000}) {
    const Index width = chunk_width(batch), chunks = (batch + width - 1) / width;
    EXPECT_LE(width, 128);
    EXPECT_GE(width * chunks, batch);
    EXPECT_LT(width * chunks - batch, chunks) << "padding below one sample a chunk";
    EXPECT_EQ(chunks, (batch + 127) / 128);
  }
}

// SystemC counts femtoseconds in 64 bits, 18446.7 s: the last moment before the end is one, and nothing wraps.
TEST(Time, EndsBeforeItWraps) {
  const Time longest = Time::seconds(18446), femtosecond = Time::femtoseconds(1);
  EXPECT_EQ(longest.femtoseconds(), 18446ull * 1'000'000'000'000'000ull);
  EXPECT_NO_THROW(Time::seconds(18445.9) + Time::seconds(0.1));
  EXPECT_NO_THROW(Time::seconds(9223) * 2);
  EXPECT_THROW(longest + Time::seconds(1), RunError);
  EXPECT_THROW(longest * 2, RunError);
  EXPECT_THROW(femtosecond * std::numeric_limits<Index>::max() * 3, RunError);
  Time sum = longest;
  EXPECT_THROW(sum += Time::seconds(10), RunError);
  EXPECT_EQ(sum, longest) << "as it was";
}

}  // namespace
}  // namespace settle::test::numeric_test
