// Every activation, in float and in double, against the functions that they are called after.
#include "models/neuron/activation.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "models/numeric/random.h"

namespace settle::test {
namespace {

using Exact = long double;

// What a kernel is measured by: f, and f(u + x) - f(u) in a form that does not cancel.
struct Reference {
  const char* name;
  Exact (*f)(Exact u);
  Exact (*difference)(Exact u, Exact x);
};
const Reference references[] = {
    {"tanh", [](Exact u) { return std::tanh(u); },
     [](Exact u, Exact x) {
       // sinh(x) / (cosh(u) cosh(u + x)), in exponentials that cannot overflow
       const Exact a = std::abs(u), b = std::abs(u + x), c = std::abs(x);
       const Exact sinh2 = std::copysign(-std::expm1(-2 * c), x);
       return 2 * std::exp(c - a - b) * sinh2 / ((1 + std::exp(-2 * a)) * (1 + std::exp(-2 * b)));
     }},
};

template <class Real>
class ActivationOf : public testing::Test {
 protected:
  static constexpr Real epsilon = std::numeric_limits<Real>::epsilon();

  // body(activation, reference) for all activations; one without a reference fails.
  template <class Body>
  static void for_each(const Body& body) {
    for (const Activation<Real>& a : activations<Real>()) {
      SCOPED_TRACE(a.name);
      const Reference* reference = nullptr;
      for (const Reference& r : references)
        if (r.name == a.name) reference = &r;
      ASSERT_NE(reference, nullptr) << "give it a reference in this file";
      body(a, *reference);
    }
  }
};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(ActivationOf, Reals);

// A bank's parameters and drives from one end of saturation to the other. 19 rows end between two vectors.
template <class Real>
struct Drives {
  static constexpr Index rows = 19, cols = 40;
  Vector<Real> gain{rows}, shift{rows};
  Matrix<Real> h{rows, cols};

  Drives() {
    Engine engine(Stream(1, "drives", Purpose::test));
    const auto uniform = [&] { return double(engine()) * 0x1p-31 - 1; };
    for (Index i = 0; i < rows; ++i) {
      gain[i] = Real(1 + 0.1 * uniform());
      shift[i] = Real(0.1 * uniform());
      for (Index c = 0; c < cols; ++c) h(i, c) = Real(std::exp2(c / 4.0 - 5) * uniform());
    }
  }
  Exact u(Index i, Index c) const { return Exact(gain[i]) * Exact(h(i, c)) + Exact(shift[i]); }
  Matrix<Real> states(const Activation<Real>& a) const {
    Matrix<Real> s = Matrix<Real>::Zero(rows, cols);
    a.apply(gain.data(), shift.data(), h.data(), s.data(), rows, cols);
    return s;
  }
};

TYPED_TEST(ActivationOf, ApplyIsTheFunction) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference& r) {
    const Matrix<Real> s = d.states(a);
    for (Index c = 0; c < d.cols; ++c) {
      for (Index i = 0; i < d.rows; ++i) {
        // the sum u is rounded before it is used
        const Exact rounding = std::abs(Exact(d.gain[i]) * Exact(d.h(i, c))) * this->epsilon;
        const Exact slack = 8 * this->epsilon * std::abs(r.f(d.u(i, c))) + rounding;
        EXPECT_LE(std::abs(Exact(s(i, c)) - r.f(d.u(i, c))), slack) << d.u(i, c);
      }
    }
  });
}

TYPED_TEST(ActivationOf, ApplyReportsItsLargestStepAndValue) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    for (const Index rows : {1, 3, 8, 16, 19}) {
      Matrix<Real> before = Matrix<Real>::Constant(rows, 1, Real(0.25)), s = before;
      const Change<Real> change = a.apply(d.gain.data(), d.shift.data(), d.h.data(), s.data(), rows, 1);
      EXPECT_EQ(change.largest_step, (s - before).cwiseAbs().maxCoeff());
      EXPECT_EQ(change.largest_value, s.cwiseAbs().maxCoeff());
    }
  });
}

TYPED_TEST(ActivationOf, SlopeIsTheDerivative) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference& r) {
    const Matrix<Real> s = d.states(a);
    Matrix<Real> slope(d.rows, d.cols);
    a.slope(d.gain.data(), d.shift.data(), d.h.data(), s.data(), slope.data(), d.rows, d.cols);
    for (Index c = 0; c < d.cols; ++c) {
      for (Index i = 0; i < d.rows; ++i) {
        const Exact step = 1e-5L, u = d.u(i, c);
        const Exact derivative = (r.f(u + step) - r.f(u - step)) / (2 * step);
        EXPECT_NEAR(double(slope(i, c)), double(Exact(d.gain[i]) * derivative), 40 * double(this->epsilon) + 1e-9);
      }
    }
  });
}

// The relative error of a difference may grow where the neuron is saturated, as its state says nothing more precise
// of its slope; it must stay at rounding relative to the drive.
template <class Real>
void expect_difference(const Activation<Real>& a, const Reference& r, Real scale, Real size) {
  const Drives<Real> n;
  const Matrix<Real> s = n.states(a);
  Matrix<Real> e = Matrix<Real>::Zero(n.rows, n.cols), drive(n.rows, n.cols);
  for (Index i = 0; i < drive.size(); ++i) drive(i) = size * Real(i % 2 ? -1 : 1) * Real(1 + i % 7) / Real(7);
  const Change<Real> change = a.apply_difference(scale, n.gain.data(), n.shift.data(), n.h.data(), s.data(),
                                                 drive.data(), e.data(), n.rows, n.cols);
  const Exact epsilon = std::numeric_limits<Real>::epsilon();
  int wrong = 0;
  for (Index c = 0; c < n.cols; ++c) {
    for (Index i = 0; i < n.rows; ++i) {
      const Exact d = Exact(n.gain[i]) * Exact(drive(i, c));
      const Exact expected = r.difference(n.u(i, c), Exact(scale) * d) / Exact(scale);
      const Exact linear = scale < Real(1e-12) ? std::abs(Exact(scale) * d * d) : 0;  // the response is linear there
      const Exact slack = 64 * epsilon * std::abs(d) + linear;
      wrong += !(std::abs(Exact(e(i, c)) - expected) <= slack);
    }
  }
  EXPECT_EQ(wrong, 0) << "of " << e.size() << " at scale " << scale << ", drive " << size;
  EXPECT_EQ(change.largest_value, e.cwiseAbs().maxCoeff());
  EXPECT_EQ(change.largest_step, e.cwiseAbs().maxCoeff());
}

TYPED_TEST(ActivationOf, DifferenceAtAnyScale) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference& r) {
    for (const double scale : {1.0, 0.3, 1e-2, 1e-4, 1e-6, 1e-8, 1e-11, 1e-12, 1e-13, 1e-20, 1e-30})
      for (const double size : {1e-3, 0.1, 1.0, 5.0}) expect_difference<Real>(a, r, Real(scale), Real(size));
  });
}

// A drive of 1 / scale changes the neuron's input by one and more: a nudge at full scale, or the way from the reset.
TYPED_TEST(ActivationOf, LargeDifferences) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference& r) {
    for (const double scale : {1.0, 1e-2, 1e-6, 1e-10, 1e-12})
      for (const double change : {0.5, 0.9, 1.0, 1.1, 3.0, 30.0, 300.0})
        expect_difference<Real>(a, r, Real(scale), Real(change / scale));
  });
}

TYPED_TEST(ActivationOf, DifferenceAtScaleZeroIsTheSlope) {
  using Real = TypeParam;
  const Drives<Real> n;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    const Matrix<Real> s = n.states(a), drive = Matrix<Real>::Constant(n.rows, n.cols, Real(0.7));
    Matrix<Real> slope(n.rows, n.cols), e = Matrix<Real>::Zero(n.rows, n.cols);
    a.slope(n.gain.data(), n.shift.data(), n.h.data(), s.data(), slope.data(), n.rows, n.cols);
    a.apply_difference(Real(0), n.gain.data(), n.shift.data(), n.h.data(), s.data(), drive.data(), e.data(), n.rows,
                       n.cols);
    EXPECT_LT((e - Real(0.7) * slope).cwiseAbs().maxCoeff(), 4 * this->epsilon);
  });
}

TYPED_TEST(ActivationOf, IsNeverNotANumber) {
  using Real = TypeParam;
  const Real one = 1, zero = 0;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    for (const double h : {0.0, 1e-30, 0.5, 5.0, 9.0, 10.0, 20.0, 100.0, 1e10, 1e30}) {
      for (const double x : {0.0, 1e-30, 0.5, 0.99, 1.0, 1.01, 9.0, 20.0, 100.0, 1e10, 1e30}) {
        for (const double scale : {0.0, 1e-30, 1e-12, 1e-6, 1.0}) {
          for (const double sign : {-1.0, 1.0}) {
            const Real drive = Real(h), d = Real(sign * x);
            Real s = 0, e = 0, slope = 0;
            a.apply(&one, &zero, &drive, &s, 1, 1);
            a.apply_difference(Real(scale), &one, &zero, &drive, &s, &d, &e, 1, 1);
            a.slope(&one, &zero, &drive, &s, &slope, 1, 1);
            EXPECT_TRUE(std::isfinite(s) && std::isfinite(e) && std::isfinite(slope)) << h << " " << d << " " << scale;
          }
        }
      }
    }
  });
}

// Rows beyond the last whole vector are computed one at a time: they are no different.
TYPED_TEST(ActivationOf, LastRowsAreLikeTheOthers) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    for (Index rows = 1; rows <= 35; ++rows) {
      const Vector<Real> gain = Vector<Real>::Constant(rows, Real(0.9)),
                         shift = Vector<Real>::Constant(rows, Real(0.1));
      const Matrix<Real> h = Matrix<Real>::Constant(rows, 3, Real(0.8)),
                         d = Matrix<Real>::Constant(rows, 3, Real(-0.3));
      Matrix<Real> s = Matrix<Real>::Zero(rows, 3), e = s;
      a.apply(gain.data(), shift.data(), h.data(), s.data(), rows, 3);
      a.apply_difference(Real(0.01), gain.data(), shift.data(), h.data(), s.data(), d.data(), e.data(), rows, 3);
      EXPECT_EQ(s, (Matrix<Real>::Constant(rows, 3, s(0)))) << rows;
      EXPECT_EQ(e, (Matrix<Real>::Constant(rows, 3, e(0)))) << rows;
    }
  });
}

TYPED_TEST(ActivationOf, UnknownNamesAreABugOfOurs) {
  EXPECT_THROW(activation<TypeParam>("nonesuch"), std::logic_error);
}

}  // namespace
}  // namespace settle::test
