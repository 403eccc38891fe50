// Banks and drives for tests of activations.
#pragma once

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "settle/models/neuron/activation.h"
#include "settle/models/numeric/random.h"
#include "tests/models/neuron/activation_reference.h"

namespace settle::test {

template <class Real>
class ActivationOf : public testing::Test {
 protected:
  static constexpr Real epsilon = std::numeric_limits<Real>::epsilon();

  // body(activation, reference) for all activations; one without a reference fails.
  template <class Body>
  static void for_each(const Body& body) {
    for (const Activation<Real>& a : activations<Real>()) {
      SCOPED_TRACE(a.name);
      ASSERT_NO_THROW(reference(a.name)) << "give it a reference in activation_reference.cpp";
      body(a, reference(a.name));
    }
  }
};
using Reals = testing::Types<float, double>;

template <class Real>
const Curve<Real>& measured() {
  static const Curve<Real> curve(measured_points());
  return curve;
}

// A neuron with gain one and shift zero.
template <class Real>
NeuronParameters<Real> plain() {
  static const Real one = 1, zero = 0;
  return {&one, &zero, nullptr, &measured<Real>()};
}

// A bank's parameters and drives from one end of saturation to the other. 19 rows end between two vectors.
template <class Real>
struct Drives {
  static constexpr Index rows = 19, cols = 40;
  Vector<Real> gain{rows}, shift{rows}, amplitude{rows};
  Matrix<Real> h{rows, cols};

  Drives() {
    Engine engine(Stream(1, "drives", Purpose::test));
    const auto uniform = [&] { return double(engine()) * 0x1p-31 - 1; };
    for (Index i = 0; i < rows; ++i) {
      gain[i] = Real(1 + 0.1 * uniform());
      shift[i] = Real(0.1 * uniform());
      for (Index c = 0; c < cols; ++c) h(i, c) = Real(std::exp2(c / 4.0 - 5) * uniform());
      amplitude[i] = Real(1 + 0.1 * uniform());
    }
  }
  NeuronParameters<Real> neurons() const { return {gain.data(), shift.data(), nullptr, &measured<Real>()}; }
  NeuronParameters<Real> amplified() const { return {gain.data(), shift.data(), amplitude.data(), &measured<Real>()}; }
  Exact u(Index i, Index c) const { return Exact(gain[i]) * Exact(h(i, c)) + Exact(shift[i]); }
  // By how much the kernel's u may differ from that.
  Exact u_rounding(Index i, Index c) const {
    return 2 * (std::abs(Exact(gain[i]) * Exact(h(i, c))) + std::abs(Exact(shift[i]))) *
           std::numeric_limits<Real>::epsilon();
  }
  Matrix<Real> states(const Activation<Real>& a, const NeuronParameters<Real>& n) const {
    Matrix<Real> s = Matrix<Real>::Zero(rows, cols);
    a.apply(n, h.data(), s.data(), rows, cols);
    return s;
  }
  Matrix<Real> slopes(const Activation<Real>& a, const NeuronParameters<Real>& n) const {
    const Matrix<Real> s = states(a, n);
    Matrix<Real> slope(rows, cols);
    a.slope(n, h.data(), s.data(), slope.data(), rows, cols);
    return slope;
  }
  Matrix<Real> differences(const Activation<Real>& a, const NeuronParameters<Real>& n, Real scale,
                           const Matrix<Real>& d) const {
    const Matrix<Real> s = states(a, n);
    Matrix<Real> e = Matrix<Real>::Zero(rows, cols);
    const Change<Real> change = a.apply_difference(scale, n, h.data(), s.data(), d.data(), e.data(), rows, cols);
    EXPECT_EQ(change.largest_value, e.cwiseAbs().maxCoeff());
    EXPECT_EQ(change.largest_step, e.cwiseAbs().maxCoeff());
    return e;
  }
  // Drives of either sign, up to `size`.
  static Matrix<Real> both_ways(Real size) {
    Matrix<Real> d(rows, cols);
    for (Index i = 0; i < d.size(); ++i) d(i) = size * Real(i % 2 ? -1 : 1) * Real(1 + i % 7) / Real(7);
    return d;
  }
};

}  // namespace settle::test
