// Newton's method: each step reads the circuit with its devices linearised where they stand.
#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

#include "settle/models/crossbar/wires.h"
#include "settle/models/error.h"

namespace settle {
namespace {

constexpr double steepest = 300;  // of v / v0: beyond about 700, cosh overflows
constexpr double longest = 2;     // step, in v0: a line through the foot of an exponential meets it far too high

// I(v + dv) = g dv + I(v), with g = G cosh(v / v0): a conductance g beside a current source I(v) - g v.
void linearise(const Matrix<double>& conductance, double v0, const Matrix<double>& v, Index stride, Matrix<double>& g,
               Vector<double>& injected) {
  for (Index j = 0; j < v.cols(); ++j) {
    for (Index i = 0; i < v.rows(); ++i) {
      const double x = v(i, j) / v0;
      g(i, j) = conductance(i, j) * std::cosh(x);
      injected[j * stride + i] = conductance(i, j) * v0 * std::sinh(x) - g(i, j) * v(i, j);
    }
  }
}

std::string volts(double value) {
  std::ostringstream text;
  text << value << " V";
  return text.str();
}

}  // namespace

void read_sinh(const Matrix<double>& conductance, const Wires& wires, double v0, ConstView<double> v, View<double> i) {
  check_wires(wires);
  check_conductances(conductance);
  check_voltages(v);
  if (v.rows() != conductance.rows() || i.rows() != conductance.cols() || v.cols() != i.cols())
    throw std::logic_error("read_sinh: shapes do not agree");

  WireWorkspace<double> workspace;
  Ladders<double>& a = workspace.ladders;
  Matrix<double> g, word, bit, across, change;  // `across` the devices, in volts
  Vector<double> injected;
  for (Index k = 0; k < v.cols(); ++k) {
    // No node is outside the range of the terminals' voltages.
    const double range = std::max(v.col(k).maxCoeff(), 0.0) - std::min(v.col(k).minCoeff(), 0.0);
    if (!(v0 > 0 && range <= steepest * v0))
      throw InputError("v0 is " + volts(v0) + "; give more than 0, and at least " + volts(range / steepest) +
                       " for these input voltages");
    g = conductance;
    across.setZero(g.rows(), g.cols());
    const int steps = 50 + int(range / v0);
    int step = 0;
    for (; step < steps; ++step) {
      a.factorise(g, wires);
      if (step == 0) injected.setZero(a.stride * a.cols);
      workspace.prepare(a, 1, true);
      std::copy(v.data() + k * v.rows(), v.data() + (k + 1) * v.rows(), workspace.word_drive());
      workspace.iterate(a, Sensed::bit_lines, {}, injected.data());
      workspace.voltages(a, word, bit);
      change = word - bit - across;
      across += change.cwiseMax(-longest * v0).cwiseMin(longest * v0);
      if (change.cwiseAbs().maxCoeff() <= 1e-6 * v0) break;  // the error is of the order of its square, 1e-12
      linearise(conductance, v0, across, a.stride, g, injected);
    }
    if (step == steps)
      throw RunError("the currents of a crossbar of devices of v0 = " + volts(v0) + " did not converge in " +
                     std::to_string(steps) + " steps of Newton's method; give devices of a larger v0");
    for (Index j = 0; j < i.rows(); ++j) i(j, k) = workspace.bit_current(a, j);
  }
}

}  // namespace settle
