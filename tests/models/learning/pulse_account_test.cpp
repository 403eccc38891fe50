// The controller's account of owed pulses.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/learning/pulse_count.h"
#include "tests/models/memory_archive.h"

namespace settle::test::pulse_account_test {
namespace {

constexpr Index rows = 150, cols = 123;  // more than one thread's piece
constexpr double weight_step = 0.002;

PulseAccount account(const char* name = "account") {
  return PulseAccount(rows, cols, weight_step, 1000, Stream(1, name, Purpose::pulse_account));
}

Matrix<float> change(std::uint64_t batch, double size) {
  Engine engine(Stream(1, "change", Purpose::test), batch);
  return Matrix<float>::NullaryExpr(rows, cols,
                                    [&](Index, Index) { return float(size * (double(engine()) * 0x1p-31 - 1)); });
}

TEST(PulseAccount, LosesNothing) {
  PulseAccount owes = account();
  const Matrix<double> opening = owes.owed().cast<double>();
  Matrix<double> wanted = Matrix<double>::Zero(rows, cols), sent = wanted;
  for (std::uint64_t batch = 0; batch < 200; ++batch) {
    const Matrix<float> c = change(batch, batch % 2 ? 0.01 : 1e-5);
    wanted += c.cast<double>();
    sent += double(float(weight_step)) * owes.take(c, 2).cast<double>();
  }
  const Matrix<double> lost = opening + wanted - sent - owes.owed().cast<double>();
  EXPECT_LT(lost.cwiseAbs().maxCoeff(), 1e-3 * weight_step);
  EXPECT_GT(sent.cwiseAbs().maxCoeff(), weight_step);
}

TEST(PulseAccount, SendsWholePulsesAndOwesAtMostHalfOne) {
  PulseAccount owes = account();
  for (std::uint64_t batch = 0; batch < 10; ++batch) {
    const Matrix<float> counts = owes.take(change(batch, 0.01), 1);
    EXPECT_EQ(counts, Matrix<float>(counts.array().rint()));
    EXPECT_LE(owes.owed().cwiseAbs().maxCoeff(), 0.50001f * float(weight_step));
  }
}

TEST(PulseAccount, SendsNoMoreThanItCanCount) {
  PulseAccount owes = account();
  EXPECT_EQ(owes.take(Matrix<float>::Constant(rows, cols, 3), 1).maxCoeff(), 1000);  // 1500 pulses
  EXPECT_NEAR(owes.owed().mean(), 1, 1e-3);                                          // what is left
  EXPECT_EQ(owes.take(Matrix<float>::Constant(rows, cols, -9), 1).minCoeff(), -1000);
}

// A counter that is full is a change that comes late: it is counted, and a resumed run goes on with the count.
TEST(PulseAccount, CountsFullCounters) {
  PulseAccount owes = account();
  Matrix<float> wanted = Matrix<float>::Constant(rows, cols, 0.1f);
  owes.take(wanted, 2);
  EXPECT_EQ(owes.full_counters(), 0);
  EXPECT_EQ(owes.changes(), rows * cols);
  wanted.setZero();
  wanted(0, 0) = 3;
  wanted(17, 100) = -3;
  owes.take(wanted, 2);
  EXPECT_EQ(owes.full_counters(), 2);
  Matrix<float> counts(rows, cols);
  owes.take_column(5, Vector<float>::Constant(rows, 9), counts);
  EXPECT_EQ(owes.full_counters(), 2 + rows);
  EXPECT_EQ(owes.changes(), 2 * rows * cols + rows);

  MemoryArchive archive(/*complete=*/true);
  owes.visit_counts(archive);
  archive.rewind();
  PulseAccount other = account();
  other.visit_counts(archive);
  EXPECT_EQ(other.full_counters(), owes.full_counters());
  EXPECT_EQ(other.changes(), owes.changes());
}

// Balances open uniformly within half a pulse: mean zero, variance step^2 / 12.
TEST(PulseAccount, OpensWithSpreadBalances) {
  const Matrix<double> opening = account().owed().cast<double>() / weight_step;
  const double n = double(opening.size());
  EXPECT_LE(opening.cwiseAbs().maxCoeff(), 0.5000001);
  EXPECT_LT(std::abs(opening.sum()) * std::sqrt(12 / n), 5);
  const auto variance_off = [&](double claimed) {
    return (opening.squaredNorm() / n / claimed - 1) / std::sqrt(0.8 / n);
  };
  EXPECT_LT(std::abs(variance_off(1.0 / 12)), 5);
  EXPECT_LT(variance_off(1.21 / 12), -5);
  EXPECT_NE(account("a").owed(), account("b").owed());
}

// A tenth of a pulse asked of every weight moves a tenth of them, at once.
TEST(PulseAccount, SpreadsCommonChanges) {
  PulseAccount owes = account();
  for (int batch = 0; batch < 5; ++batch) {
    const float sent = owes.take(Matrix<float>::Constant(rows, cols, float(0.1 * weight_step)), 1).sum();
    const double n = rows * cols;
    EXPECT_NEAR(double(sent), 0.1 * n, 5 * std::sqrt(n * 0.1 * 0.9));
  }
}

TEST(PulseAccount, GivesTheSameBytesOnAnyNumberOfThreads) {
  PulseAccount one = account(), many = account();
  for (std::uint64_t batch = 0; batch < 3; ++batch)
    EXPECT_EQ(one.take(change(batch, 0.01), 1), many.take(change(batch, 0.01), 3));
  EXPECT_EQ(one.owed(), many.owed());
}

}  // namespace
}  // namespace settle::test::pulse_account_test
