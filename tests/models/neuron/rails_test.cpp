// Neurons whose drives end at the rails.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/models/neuron/activation_fixture.h"

namespace settle::test::rails_test {
namespace {

template <class Real>
class RailsOf : public ActivationOf<Real> {};
TYPED_TEST_SUITE(RailsOf, Reals);

constexpr double rail = 1.25;

template <class Real>
NeuronParameters<Real> railed(const Drives<Real>& n) {
  NeuronParameters<Real> neurons = n.neurons();
  neurons.rail = Real(rail);
  return neurons;
}

template <class Real>
Matrix<Real> clipped(const Matrix<Real>& h) {
  return h.cwiseMin(Real(rail)).cwiseMax(-Real(rail));
}

TYPED_TEST(RailsOf, StatesAreThoseOfTheRails) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    const Drives<Real> n;
    const Matrix<Real> ends = clipped(n.h);
    Matrix<Real> s(n.rows, n.cols), expected = s;
    a.apply(railed(n), n.h.data(), s.data(), n.rows, n.cols);
    a.apply(n.neurons(), ends.data(), expected.data(), n.rows, n.cols);
    EXPECT_EQ(s, expected);
    EXPECT_GT((n.h - ends).cwiseAbs().maxCoeff(), 0);
  });
}

TYPED_TEST(RailsOf, DifferencesEndThereToo) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    const Drives<Real> n;
    for (const Real scale : {Real(1), Real(0.25)}) {
      const Matrix<Real> drive = n.both_ways(2.0);
      const Matrix<Real> moved = n.h + scale * drive, from = clipped(n.h), to = clipped<Real>(moved);
      Matrix<Real> s(n.rows, n.cols), after = s, e = s;
      a.apply(n.neurons(), from.data(), s.data(), n.rows, n.cols);
      a.apply(n.neurons(), to.data(), after.data(), n.rows, n.cols);
      e.setZero();
      a.apply_difference(scale, railed(n), n.h.data(), s.data(), drive.data(), e.data(), n.rows, n.cols);
      const Matrix<Real> expected = (after - s) / scale;
      EXPECT_LT((e - expected).cwiseAbs().maxCoeff(), 200 * std::numeric_limits<Real>::epsilon());
    }
  });
}

TYPED_TEST(RailsOf, NothingMovesBeyond) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    const Drives<Real> n;
    Matrix<Real> s(n.rows, n.cols), slope = s;
    a.apply(railed(n), n.h.data(), s.data(), n.rows, n.cols);
    a.slope(railed(n), n.h.data(), s.data(), slope.data(), n.rows, n.cols);
    for (Index i = 0; i < n.h.size(); ++i) EXPECT_TRUE(std::abs(n.h(i)) <= Real(rail) || slope(i) == 0);
  });
}

TYPED_TEST(RailsOf, ANaNIsNotLost) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    Drives<Real> n;
    n.h(3, 2) = std::numeric_limits<Real>::quiet_NaN();
    Matrix<Real> s = Matrix<Real>::Zero(n.rows, n.cols), e = s, d = Matrix<Real>::Zero(n.rows, n.cols);
    EXPECT_TRUE(std::isnan(a.apply(railed(n), n.h.data(), s.data(), n.rows, n.cols).largest_step));
    EXPECT_TRUE(std::isnan(s(3, 2)));
    d(4, 1) = std::numeric_limits<Real>::quiet_NaN();
    a.apply_difference(Real(1), railed(n), n.h.data(), s.data(), d.data(), e.data(), n.rows, n.cols);
    EXPECT_TRUE(std::isnan(e(4, 1)));
  });
}

}  // namespace
}  // namespace settle::test::rails_test
