// Optimisers against scalar implementations in double.
#include "settle/models/learning/optimizer.h"

#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/numeric/random.h"

namespace settle::test::optimizer_test {
namespace {

constexpr Index rows = 150, cols = 123;  // more than one thread's piece

// Directions of very different size from weight to weight, of changing sign.
Matrix<float> direction(std::uint64_t step) {
  Engine engine(Stream(1, "direction", Purpose::test), step);
  Matrix<float> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i)
    m(i) = float(std::pow(10.0, -double(i % 7)) * (0.5 + double(engine()) * 0x1p-31 - 1));
  return m;
}

// Kingma and Ba, algorithm 1.
struct ScalarAdam {
  double rate, m = 0, v = 0;
  int t = 0;

  double step(double g) {
    constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    ++t;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double m_hat = m / (1 - std::pow(beta1, t)), v_hat = v / (1 - std::pow(beta2, t));
    return rate * m_hat / (std::sqrt(v_hat) + epsilon);
  }
};

TEST(Optimizer, AdamFollowsTheAlgorithm) {
  constexpr double rate = 1e-3;
  const auto adam = make_optimizer("adam", rows, cols, rate);
  std::vector<ScalarAdam> scalar(rows * cols, ScalarAdam{rate});
  Matrix<float> change(rows, cols);
  for (std::uint64_t step = 0; step < 30; ++step) {
    const Matrix<float> g = direction(step);
    adam->step(g, change, 2);
    double worst = 0;
    for (Index i = 0; i < change.size(); ++i)
      worst = std::max(worst, std::abs(double(change(i)) - scalar[std::size_t(i)].step(double(g(i)))));
    ASSERT_LT(worst, 1e-4 * rate) << step;
  }
}

TEST(Optimizer, AdamsFirstStepIsTheRateTimesTheSign) {
  const auto adam = make_optimizer("adam", 1, 2, 0.01);
  Matrix<float> g(1, 2), change(1, 2);
  g << 3.0f, -1e-4f;
  adam->step(g, change, 1);
  EXPECT_NEAR(change(0), 0.01f, 1e-6f);
  EXPECT_NEAR(change(1), -0.01f, 2e-6f);
}

TEST(Optimizer, SgdIsTheRateTimesTheDirection) {
  const auto sgd = make_optimizer("sgd", rows, cols, 0.25);
  Matrix<float> change(rows, cols);
  for (const std::uint64_t step : {0u, 1u}) {
    sgd->step(direction(step), change, 2);
    EXPECT_EQ(change, 0.25f * direction(step));
  }
}

TEST(Optimizer, MomentumFollowsTheHeavyBall) {
  const auto optimizer = make_optimizer("momentum", rows, cols, {0.25, {{"momentum", 0.7}}});
  Matrix<float> change(rows, cols);
  Matrix<double> velocity = Matrix<double>::Zero(rows, cols);
  for (std::uint64_t step = 0; step < 20; ++step) {
    optimizer->step(direction(step), change, 2);
    velocity = 0.7 * velocity + direction(step).cast<double>();
    ASSERT_LT((change.cast<double>() - 0.25 * velocity).cwiseAbs().maxCoeff(), 1e-6) << step;
  }
}

TEST(Optimizer, AllGiveTheSameBytesOnAnyNumberOfThreads) {
  for (const OptimizerFamily& family : optimizers()) {
    const auto one = family.make(rows, cols, 0.01), many = family.make(rows, cols, 0.01);
    Matrix<float> change(rows, cols), other(rows, cols);
    for (std::uint64_t step = 0; step < 3; ++step) {
      one->step(direction(step), change, 1);
      many->step(direction(step), other, 3);
      EXPECT_EQ(change, other) << family.name;
    }
  }
}

TEST(Optimizer, AllGoUphill) {
  for (const OptimizerFamily& family : optimizers()) {
    Matrix<float> change(rows, cols);
    family.make(rows, cols, 0.01)->step(direction(0), change, 1);
    EXPECT_GE(change.cwiseProduct(direction(0)).minCoeff(), 0.0f) << family.name;
    EXPECT_GT(change.norm(), 0.0f) << family.name;
  }
}

// state() is complete: an optimiser that takes it over goes on like the first.
TEST(Optimizer, AllGoOnFromTheirState) {
  for (const OptimizerFamily& family : optimizers()) {
    const auto first = family.make(rows, cols, 0.01), second = family.make(rows, cols, 0.01);
    Matrix<float> change(rows, cols), other(rows, cols);
    for (std::uint64_t step = 0; step < 3; ++step) first->step(direction(step), change, 1);
    const Optimizer::State from = first->state(), to = second->state();
    ASSERT_EQ(from.matrices.size(), to.matrices.size());
    for (std::size_t k = 0; k < from.matrices.size(); ++k) *to.matrices[k].second = *from.matrices[k].second;
    EXPECT_EQ(*from.steps, 3);
    *to.steps = *from.steps;
    first->step(direction(3), change, 1);
    second->step(direction(3), other, 1);
    EXPECT_EQ(change, other) << family.name;
  }
}

// Numbers of their own have an effect, and a default that is allowed.
TEST(Optimizer, AllUseTheNumbersThatTheyDeclare) {
  for (const OptimizerFamily& family : optimizers())
    for (const OptimizerNumber& number : family.numbers) {
      EXPECT_TRUE(number.low <= number.standard && number.standard <= number.high) << number.name;
      EXPECT_EQ(number.meaning.back(), '.') << number.name;
      const auto last_of = [&](const OptimizerRates& rates) {
        const auto optimizer = family.make(rows, cols, rates);
        Matrix<float> change(rows, cols);
        for (std::uint64_t step = 0; step < 3; ++step) optimizer->step(direction(step), change, 1);
        return change;
      };
      const auto with = [&](double value) { return last_of({0.01, {{number.name, value}}}); };
      EXPECT_EQ(with(number.standard), last_of(0.01)) << number.name;
      EXPECT_NE(with(number.standard > number.low ? (number.low + number.standard) / 2 : number.high), last_of(0.01))
          << number.name;
    }
}

TEST(Optimizer, UnknownNamesAreRefused) { EXPECT_THROW(make_optimizer("nonesuch", 1, 1, 0.1), InputError); }

}  // namespace
}  // namespace settle::test::optimizer_test
