// The lines of a crossbar as resistive ladders: a segment of wire, a device, a segment of wire, ...
//
// Seen from its terminal (the source of a word line, the sense amplifier of a bit line), a line whose devices end at
// known voltages is a Norton source. From the open end towards the terminal, through node after node,
//   c_k = G_k + f c_{k+1},  J_k = G_k u_k + f J_{k+1},  f = 1 / (1 + r c_{k+1}),
// where u_k is the voltage behind device k and r the segment between the nodes; then back from the terminal's v_{-1},
//   v_k = f_k (v_{k-1} + r_k J_k),  f_k = 1 / (1 + r_k c_k).
// This is the factorisation of a tridiagonal matrix in terms of resistances: nothing is subtracted, so that no digits
// are lost however much wires and devices differ, and a segment may have no resistance at all.
#pragma once

#include "settle/models/crossbar/wire_input.h"

namespace settle {

/// All lines of a crossbar, factorised. Arrays are stride x cols, by columns, in siemens and ohm; rows from `rows` to
/// `stride` are nodes without devices.
template <class Real>
struct Ladders {
  Index rows = 0, cols = 0, stride = 0;
  Real word_ohm = 0, word_end_ohm = 0;   // between nodes of a word line; between its source and its first node
  Real bit_ohm = 0, bit_end_ohm = 0;     // between nodes of a bit line; between its last node and its sense amplifier
  Vector<Real> conductance;              // G
  Vector<Real> word_factor, bit_factor;  // f_k of each node, on its word line and on its bit line
  Vector<Real> word_input, bit_input;    // c at the terminals: stride word lines, cols bit lines
  /// A lower bound, above 0, of 1 - (the spectral radius of solving the bit lines and the word lines in turn: of T in
  /// wire_iteration.h).
  double margin = 1;

  /// g: rows x cols. Takes what the checks of wire_input.h accept. Allocates only when the size changes.
  void factorise(const Matrix<Real>& g, const Wires& wires);

  Real segment_of_word(Index col) const { return col == 0 ? word_end_ohm : word_ohm; }
  Real segment_of_bit(Index row) const { return row == rows - 1 ? bit_end_ohm : bit_ohm; }

 private:
  Vector<double> c_, f_, through_;  // of the word lines, at the column that factorise is at
};

}  // namespace settle
