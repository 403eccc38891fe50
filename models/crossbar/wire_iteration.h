// The currents of a crossbar with wire resistance: conjugate gradients over the word lines.
//
// Let K and J be the Norton currents of all word lines and bit lines (wire_ladder.h). A linear map takes K to the word
// lines' voltages, those to J, J to the bit lines' voltages, those back to K: the circuit is K = g + T K. T is
// symmetric in <x, y> = sum of r f x y and has its eigenvalues in [0, 1), most of them near 0: conjugate gradients on
// I - T take few iterations. They are those of the word lines' Schur complement, each bit line eliminated exactly,
// preconditioned with the word lines' tridiagonal matrices.
#pragma once

#include "settle/models/crossbar/wire_sweep.h"

namespace settle {

struct WireLimits {
  double tolerance = 1e-11;  // of the currents, relative to the largest
  int iterations = 5000;
};

/// The lines that are sensed, at 0 V; the others are driven.
enum class Sensed { bit_lines, word_lines };

/// The memory of an iteration, for one thread; kept between calls, it is not allocated again.
template <class Real>
class WireWorkspace {
 public:
  /// Makes room for `lanes` right-hand sides side by side, and sets all drives to 0. `keep` keeps the solution at all
  /// nodes.
  void prepare(const Ladders<Real>& ladders, Index lanes, bool keep = false);
  /// Solves for the drives, and for `injected` if it is not null. RunError where it does not converge.
  void iterate(const Ladders<Real>& ladders, Sensed sensed, const WireLimits& limits, const Real* injected = nullptr);

  /// Volts at the terminals, in the order line, lane.
  Real* word_drive() { return word_drive_.data(); }
  Real* bit_drive() { return bit_drive_.data(); }
  /// Ampere into the array from a word line's source; into the sense amplifier from a bit line.
  Real word_current(const Ladders<Real>& a, Index line, Index lane = 0) const;
  Real bit_current(const Ladders<Real>& a, Index line, Index lane = 0) const;
  /// The voltages of all nodes, rows x cols, after an `iterate` of one lane that keeps its solution.
  void voltages(const Ladders<Real>& ladders, Matrix<Real>& word, Matrix<Real>& bit) const;

  /// Space for the ladders of arrays that are read once (effective_conductance).
  Ladders<Real> ladders;

 private:
  double largest_sensed(const Ladders<Real>& a, Sensed sensed, Index lane) const;

  SweepState<Real> state_;
  Vector<Real> direction_, residual_, bit_current_, total_;
  Vector<Real> word_voltage_, word_norton_, word_drive_, bit_drive_, at_source_, at_sense_;
};

}  // namespace settle
