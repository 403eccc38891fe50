// Every activation, in float and in double, against the functions that they are called after.
#include "settle/models/neuron/activation.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/neuron/ota.h"
#include "tests/models/neuron/activation_fixture.h"

namespace settle::test::activation_test {
namespace {

TYPED_TEST_SUITE(ActivationOf, Reals);

TYPED_TEST(ActivationOf, ApplyIsTheFunction) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference& r) {
    const Matrix<Real> s = d.states(a, d.neurons());
    for (Index c = 0; c < d.cols; ++c) {
      for (Index i = 0; i < d.rows; ++i) {
        const Exact f = r.f(d.u(i, c));
        EXPECT_LE(std::abs(Exact(s(i, c)) - f), 8 * this->epsilon * std::abs(f) + d.u_rounding(i, c)) << d.u(i, c);
      }
    }
  });
}

TYPED_TEST(ActivationOf, SmallOutputsKeepTheirPrecision) {
  using Real = TypeParam;
  const Exact least = std::numeric_limits<Real>::denorm_min(), smallest = std::numeric_limits<Real>::min();
  this->for_each([&](const Activation<Real>& a, const Reference& r) {
    for (const Exact u : {100 * least, smallest / 8, smallest, 3 * smallest, Exact(1e-20), Exact(1e-6)}) {
      for (const Exact sign : {-1, 1}) {
        const Real h = Real(sign * u);
        Real s = 0;
        a.apply(plain<Real>(), &h, &s, 1, 1);
        EXPECT_LE(std::abs(Exact(s) - r.f(h)), 8 * this->epsilon * std::abs(r.f(h)) + 4 * least) << h;
      }
    }
  });
  Real s = 0;
  const Real h = -4;  // far down the sigmoid's tail, where 1 + tanh has nothing left
  activation<Real>("sigmoid").apply(plain<Real>(), &h, &s, 1, 1);
  EXPECT_NEAR(double(s * (1 + std::exp(Real(18)))), 1, 50 * double(this->epsilon));
}

TYPED_TEST(ActivationOf, ApplyReportsItsLargestStepAndValue) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    for (const Index rows : {1, 3, 8, 16, 19}) {
      Matrix<Real> before = Matrix<Real>::Constant(rows, 1, Real(0.25)), s = before;
      const Change<Real> change = a.apply(d.neurons(), d.h.data(), s.data(), rows, 1);
      EXPECT_EQ(change.largest_step, (s - before).cwiseAbs().maxCoeff());
      EXPECT_EQ(change.largest_value, s.cwiseAbs().maxCoeff());
    }
  });
}

TYPED_TEST(ActivationOf, ApplyNeverFalls) {
  using Real = TypeParam;
  constexpr Index steps = 20000;
  const Vector<Real> h = Vector<Real>::LinSpaced(steps, -4, 4);
  const Vector<Real> one = Vector<Real>::Ones(steps), zero = Vector<Real>::Zero(steps);
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    Vector<Real> s = zero;
    a.apply({one.data(), zero.data(), nullptr, &measured<Real>()}, h.data(), s.data(), steps, 1);
    const Real fall = (s.head(steps - 1) - s.tail(steps - 1)).maxCoeff();
    EXPECT_LE(fall, 2 * this->epsilon);  // rounding
    EXPECT_LE(s.cwiseAbs().maxCoeff(), 1);
  });
}

TYPED_TEST(ActivationOf, SlopeIsTheDerivative) {
  using Real = TypeParam;
  const Drives<Real> d;
  this->for_each([&](const Activation<Real>& a, const Reference& r) {
    const Matrix<Real> slope = d.slopes(a, d.neurons());
    Index checked = 0;
    for (Index c = 0; c < d.cols; ++c) {
      for (Index i = 0; i < d.rows; ++i) {
        const Exact step = 1e-6L, u = d.u(i, c);
        bool at_joint = false;
        for (const Exact j : r.joints) at_joint = at_joint || std::abs(u - j) <= step + d.u_rounding(i, c);
        if (at_joint) continue;
        const Exact derivative = (r.f(u + step) - r.f(u - step)) / (2 * step);
        EXPECT_NEAR(double(slope(i, c)), double(Exact(d.gain[i]) * derivative), 40 * double(this->epsilon) + 1e-9);
        ++checked;
      }
    }
    EXPECT_GT(checked, d.h.size() / 2);
  });
}

// s = a f(u): amplitudes are a factor, and whatever needs f(u) divides by them.
TYPED_TEST(ActivationOf, AmplitudesAreAFactor) {
  using Real = TypeParam;
  const Drives<Real> d;
  const auto a_times = [&](const Matrix<Real>& m) { return Matrix<Real>(d.amplitude.asDiagonal() * m); };
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    EXPECT_EQ(d.states(a, d.amplified()), a_times(d.states(a, d.neurons())));
    const Matrix<Real> slopes = a_times(d.slopes(a, d.neurons()));
    EXPECT_LE((d.slopes(a, d.amplified()) - slopes).cwiseAbs().maxCoeff(), 16 * this->epsilon);
    for (const Real scale : {1.0, 1e-3, 1e-9, 0.0}) {
      const Matrix<Real> drive = d.both_ways(2);
      const Matrix<Real> e = a_times(d.differences(a, d.neurons(), scale, drive));
      EXPECT_LE((d.differences(a, d.amplified(), scale, drive) - e).cwiseAbs().maxCoeff(), 32 * this->epsilon);
    }
  });
}

TYPED_TEST(ActivationOf, FloatFollowsDouble) {
  if (std::is_same_v<TypeParam, double>) return;
  const Drives<float> narrow;
  Drives<double> wide;
  wide.gain = narrow.gain.cast<double>();
  wide.shift = narrow.shift.cast<double>();
  wide.h = narrow.h.cast<double>();
  const auto off = [](const Matrix<float>& x, const Matrix<double>& y) {
    return (x.cast<double>() - y).cwiseAbs().maxCoeff() / y.cwiseAbs().maxCoeff();
  };
  for (const Activation<float>& a : activations<float>()) {
    SCOPED_TRACE(a.name);
    const Activation<double>& b = activation<double>(a.name);
    EXPECT_LT(off(narrow.states(a, narrow.neurons()), wide.states(b, wide.neurons())), 5e-6);
    EXPECT_LT(off(narrow.slopes(a, narrow.neurons()), wide.slopes(b, wide.neurons())), 5e-6);
    for (const float scale : {1.0f, 1e-2f, 1e-6f, 1e-12f, 0.0f}) {
      const Matrix<float> d = narrow.both_ways(1);
      EXPECT_LT(off(narrow.differences(a, narrow.neurons(), scale, d),
                    wide.differences(b, wide.neurons(), double(scale), d.cast<double>())),
                5e-6)
          << scale;
    }
  }
}

TYPED_TEST(ActivationOf, NeverMakesANaN) {
  using Real = TypeParam;
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    for (const double h : {-1e30, -20.0, -1.0, 0.0, 1e-30, 0.5, 1.0, 5.0, 9.0, 10.0, 20.0, 100.0, 1e10, 1e30}) {
      for (const double x : {0.0, 1e-30, 0.5, 0.99, 1.0, 1.01, 9.0, 20.0, 100.0, 1e10, 1e30}) {
        for (const double scale : {0.0, 1e-30, 1e-12, 1e-6, 1.0}) {
          for (const double sign : {-1.0, 1.0}) {
            const Real drive = Real(h), d = Real(sign * x);
            Real s = 0, e = 0, slope = 0;
            a.apply(plain<Real>(), &drive, &s, 1, 1);
            a.apply_difference(Real(scale), plain<Real>(), &drive, &s, &d, &e, 1, 1);
            a.slope(plain<Real>(), &drive, &s, &slope, 1, 1);
            EXPECT_TRUE(std::isfinite(s) && std::isfinite(e) && std::isfinite(slope)) << h << " " << d << " " << scale;
          }
        }
      }
    }
  });
}

// One NaN among numbers, in any row: its neuron shows it, no other does, and the change says so.
TYPED_TEST(ActivationOf, ANaNIsNotLost) {
  using Real = TypeParam;
  constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();
  const auto expect_one = [](const Matrix<Real>& m, const Change<Real>& change, Index row) {
    EXPECT_TRUE(std::isnan(m(row, 0)));
    EXPECT_EQ((m.array().isNaN()).count(), 1);
    EXPECT_TRUE(std::isnan(change.largest_step) && std::isnan(change.largest_value));
  };
  this->for_each([&](const Activation<Real>& a, const Reference&) {
    for (Index row = 0; row < Drives<Real>::rows; ++row) {
      Drives<Real> n;
      const NeuronParameters<Real> p = n.neurons();
      const Index rows = n.rows, cols = n.cols;
      const Matrix<Real> good = n.states(a, p);
      for (const double scale : {0.0, 1e-2, 1.0}) {
        Matrix<Real> d = n.both_ways(2), e = Matrix<Real>::Zero(rows, cols);
        d(row, 0) = nan;
        expect_one(e, a.apply_difference(Real(scale), p, n.h.data(), good.data(), d.data(), e.data(), rows, cols), row);
      }
      n.h(row, 0) = nan;
      Matrix<Real> s = Matrix<Real>::Zero(rows, cols);
      const Change<Real> change = a.apply(p, n.h.data(), s.data(), rows, cols);
      expect_one(s, change, row);
      Matrix<Real> e = Matrix<Real>::Zero(rows, cols);
      const Matrix<Real> d = n.both_ways(2);
      const Change<Real> moved =
          a.apply_difference(Real(1e-2), p, n.h.data(), s.data(), d.data(), e.data(), rows, cols);
      expect_one(e, moved, row);
      Matrix<Real> slope(rows, cols);
      a.slope(p, n.h.data(), s.data(), slope.data(), rows, cols);
      expect_one(slope, change, row);
    }
  });
}

// Rows beyond the last whole vector are computed one at a time: they are no different.
TYPED_TEST(ActivationOf, LastRowsAreLikeTheOthers) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    for (Index rows = 1; rows <= 35; ++rows) {
      const auto all = [&](double v) { return Matrix<Real>(Matrix<Real>::Constant(rows, 3, Real(v))); };
      const Matrix<Real> gain = all(0.9), shift = all(0.1), amplitude = all(1.1), h = all(0.8), d = all(-0.3);
      const NeuronParameters<Real> n{gain.data(), shift.data(), amplitude.data(), &measured<Real>()};
      Matrix<Real> s = all(0), e = s, slope = s;
      a.apply(n, h.data(), s.data(), rows, 3);
      a.apply_difference(Real(0.01), n, h.data(), s.data(), d.data(), e.data(), rows, 3);
      a.slope(n, h.data(), s.data(), slope.data(), rows, 3);
      EXPECT_EQ(s, all(double(s(0)))) << rows;
      EXPECT_EQ(e, all(double(e(0)))) << rows;
      EXPECT_EQ(slope, all(double(slope(0)))) << rows;
    }
  });
}

TYPED_TEST(ActivationOf, WithoutItsCurveIsABugOfOurs) {
  using Real = TypeParam;
  this->for_each([](const Activation<Real>& a, const Reference&) {
    const Real one = 1, zero = 0;
    Real s = 0;
    if (!a.needs_curve) return;
    EXPECT_THROW(a.apply(&one, &zero, &one, &s, 1, 1), std::logic_error);
  });
}

TYPED_TEST(ActivationOf, UnknownNamesAreRefused) { EXPECT_THROW(activation<TypeParam>("nonesuch"), InputError); }

// 2 U_T / kappa of drive, 74 mV at room temperature, is one at the tanh; the gain falls as it gets warmer.
TEST(Ota, GainIsFullScaleInUnitsOfItsLinearRange) {
  EXPECT_NEAR(thermal_voltage(300), 25.852e-3, 1e-6);
  EXPECT_NEAR(ota_gain(0.7, 2 * 25.852e-3 / 0.7, 300), 1, 1e-4);
  EXPECT_NEAR(ota_gain(0.7, 0.2, 360) / ota_gain(0.7, 0.2, 300), 300.0 / 360.0, 1e-12);
}

}  // namespace
}  // namespace settle::test::activation_test
