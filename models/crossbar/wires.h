// Reads of a crossbar whose wires have resistance.
//
// n word lines (rows i), m bit lines (columns j). Word line i: source V_i, source_ohm + word_ohm, node w(i, 0),
// word_ohm, w(i, 1), ...; a device of conductance G(i, j) from w(i, j) to b(i, j); bit line j: b(0, j), bit_ohm, b(1,
// j), ..., b(n-1, j), bit_ohm + sense_ohm, sense amplifier at 0 V. The far ends are open.
#pragma once

#include "settle/models/crossbar/wire_iteration.h"

namespace settle {

/// Voltages of all nodes, and currents at the terminals, for one vector of input voltages.
struct WireSolution {
  Matrix<double> word, bit;       // V of w(i, j) and b(i, j), rows x cols
  Vector<double> source_current;  // A from each word line's source into the array, rows
  Vector<double> sense_current;   // A from each bit line into its sense amplifier, cols
};

/// A crossbar in one state: factorised once, read often. Reads may come from several threads, each with a workspace of
/// its own.
class WireSolver {
 public:
  /// conductance: rows x cols, siemens, word lines x bit lines. InputError where a conductance or a resistance is
  /// negative or not finite.
  WireSolver(const Matrix<double>& conductance, const Wires& wires, const WireLimits& limits = {});

  Index rows() const { return ladders_.rows; }
  Index cols() const { return ladders_.cols; }

  /// i <- the currents into the bit lines' sense amplifiers, for voltages v on the word lines: rows x k volts to cols x
  /// k ampere. Right to WireLimits::tolerance of the largest. InputError where a voltage is not finite or beyond
  /// most_read_v, RunError where it does not converge.
  void read(ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const;
  /// i <- the currents of the word lines, sensed at 0 V, for voltages v that drive the bit lines from their sense
  /// amplifiers' places: cols x k volts to rows x k ampere. It is solved as a circuit of its own; that it is the
  /// transpose of read() is a result.
  void read_transposed(ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const;
  /// The voltages and currents everywhere, for one vector of input voltages (rows volts).
  WireSolution solve(const Vector<double>& v) const;
  /// Largest sum of currents at any node, relative to the largest current that is sensed. Nodes that no resistance
  /// divides count as one.
  double kcl_residual(const WireSolution& solution) const;

 private:
  void read_side(Sensed sensed, ConstView<double> v, View<double> i, WireWorkspace<double>& workspace) const;

  Ladders<double> ladders_;
  WireLimits limits_;
};

/// G_eff, rows x cols, siemens: the currents of a read are exactly G_eff^T V, for as long as the conductances stand.
/// conductance: rows x cols, siemens; another matrix than `effective`, which takes its size. Right to 1e-11 (double) or
/// 2e-6 (float) of the largest element. Errors are WireSolver's.
template <class Real>
void effective_conductance(const Matrix<Real>& conductance, const Wires& wires, WireWorkspace<Real>& workspace,
                           Matrix<Real>& effective);
template <class Real>
Matrix<Real> effective_conductance(const Matrix<Real>& conductance, const Wires& wires);

/// i <- the currents of such a read for devices that carry I = G v0 sinh(v / v0): rows x k volts to cols x k ampere,
/// right to 1e-10 of the largest. InputError where v0 is not above 0 or so small that sinh overflows; RunError where
/// Newton's method does not converge.
void read_sinh(const Matrix<double>& conductance, const Wires& wires, double v0, ConstView<double> v, View<double> i);

}  // namespace settle
