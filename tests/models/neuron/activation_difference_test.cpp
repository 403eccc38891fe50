// How differences pass through every activation, in float and in double.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/models/neuron/activation_fixture.h"

namespace settle::test::activation_difference_test {
namespace {

template <class Real>
class DifferenceOf : public ActivationOf<Real> {};
TYPED_TEST_SUITE(DifferenceOf, Reals);

// The relative error of a difference may grow where the neuron is saturated, as its state says nothing more precise
// of its slope; it must stay at rounding relative to the drive. Near a kink, rounding of u decides on which side it is.
template <class Real>
void expect_difference(const Activation<Real>& a, const Reference& r, Real scale, Real size) {
  const Drives<Real> n;
  const Matrix<Real> drive = n.both_ways(size), e = n.differences(a, n.neurons(), scale, drive);
  int wrong = 0;
  for (Index c = 0; c < n.cols; ++c) {
    for (Index i = 0; i < n.rows; ++i) {
      const Exact d = Exact(n.gain[i]) * Exact(drive(i, c)), x = Exact(scale) * d;
      const auto expected = [&](Exact u) { return r.difference(u, x) / Exact(scale); };
      const Exact u = n.u(i, c), near = n.u_rounding(i, c);
      const auto [least, most] = std::minmax({expected(u - near), expected(u), expected(u + near)});
      const Exact slack = 64 * Exact(std::numeric_limits<Real>::epsilon()) * std::abs(d), y = e(i, c);
      wrong += !(y >= least - slack && y <= most + slack);
    }
  }
  EXPECT_EQ(wrong, 0) << "of " << e.size() << " at scale " << scale << ", drive " << size;
}

TYPED_TEST(DifferenceOf, ReferencesDoNotContradictThemselves) {
  const Drives<double> n;
  this->for_each([&](const Activation<TypeParam>&, const Reference& r) {
    for (const Exact x : {-40.0L, -1.0L, -1e-3L, 1e-6L, 0.1L, 3.0L})
      for (Index c = 0; c < n.cols; ++c)
        EXPECT_NEAR(double(r.difference(n.u(0, c), x)), double(r.f(n.u(0, c) + x) - r.f(n.u(0, c))), 1e-15);
  });
}

TYPED_TEST(DifferenceOf, DifferenceAtAnyScale) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference& r) {
    for (const double scale : {1.0, 0.3, 1e-2, 1e-4, 1e-6, 1e-8, 1e-11, 1e-12, 1e-13, 1e-20, 1e-30})
      for (const double size : {1e-3, 0.1, 1.0, 5.0}) expect_difference<Real>(a, r, Real(scale), Real(size));
  });
}

// A drive of 1 / scale changes the neuron's input by one and more: a nudge at full scale, or the way from the reset.
TYPED_TEST(DifferenceOf, LargeDifferences) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference& r) {
    for (const double scale : {1.0, 1e-2, 1e-6, 1e-10, 1e-12})
      for (const double change : {0.5, 0.9, 1.0, 1.1, 3.0, 30.0, 300.0})
        expect_difference<Real>(a, r, Real(scale), Real(change / scale));
  });
}

TYPED_TEST(DifferenceOf, DifferenceAtScaleZeroIsTheSlope) {
  using Real = TypeParam;
  const Drives<Real> n;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    const Matrix<Real> drive = Matrix<Real>::Constant(n.rows, n.cols, Real(0.7));
    const Matrix<Real> e = n.differences(a, n.neurons(), Real(0), drive), slope = n.slopes(a, n.neurons());
    EXPECT_LT((e - Real(0.7) * slope).cwiseAbs().maxCoeff(), 4 * this->epsilon);
  });
}

// Inputs at a kink of the rails, one float below and one above, and steps to both sides: the part between the rails.
TYPED_TEST(DifferenceOf, DifferencesAtRailsAreExact) {
  using Real = TypeParam;
  struct Rail {
    const char* name;
    int low, high;
  };
  for (const Rail& rail : {Rail{"clipped-relu", 0, 1}, Rail{"hard-sigmoid", 0, 1}, Rail{"hard-tanh", -1, 1}}) {
    const Activation<Real>& a = activation<Real>(rail.name);
    for (const Real at : {Real(rail.low), Real(rail.high)}) {
      for (const Real h : {std::nextafter(at, Real(-9)), at, std::nextafter(at, Real(9))}) {
        for (const double scale : {1.0, 1e-3, 1e-7, 1e-12, 1e-25, 0.0}) {
          for (const Real d : {Real(-0.5), Real(0.5)}) {
            Real s = 0, e = 0;
            a.apply(plain<Real>(), &h, &s, 1, 1);
            a.apply_difference(Real(scale), plain<Real>(), &h, &s, &d, &e, 1, 1);
            const Exact g = scale > 0 ? Real(scale) : sizeof(Real) == 4 ? Real(1e-30) : Real(1e-300);  // almost none
            const Exact expected = reference(rail.name).difference(h, g * d) / g;
            EXPECT_NEAR(double(e), double(expected), 4 * this->epsilon)
                << rail.name << " " << h << " " << g << " " << d;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace settle::test::activation_difference_test
