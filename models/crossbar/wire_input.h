// The input of the wire solver: resistances, conductances and voltages, and checks that refuse impossible ones.
#pragma once

#include "settle/models/numeric/matrix.h"

namespace settle {

/// Resistances, in ohm, each finite and at least 0.
struct Wires {
  double word_ohm = 0;    // of a word line, from each node to the next, and from its source to its first node
  double bit_ohm = 0;     // of a bit line, from each node to the next, and from its last node to its sense amplifier
  double source_ohm = 0;  // of a word line's source, in series with its first segment
  double sense_ohm = 0;   // of a bit line's sense amplifier, in series with its last segment
};

/// InputError unless every resistance is finite and at least 0.
void check_wires(const Wires& wires);

/// InputError unless there are devices, and every conductance, in siemens, is finite and at least 0.
template <class Real>
void check_conductances(const Matrix<Real>& conductance);

/// The largest voltage of a read, either way: far beyond any circuit's, and its square is far from overflow.
constexpr double most_read_v = 1e30;

/// InputError unless every voltage is finite, and most_read_v at most. v: lines x inputs.
void check_voltages(ConstView<double> v);

}  // namespace settle
