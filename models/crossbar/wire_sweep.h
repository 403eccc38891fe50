// The two sweeps of WireWorkspace::iterate over all nodes of a crossbar: one outwards from the sources, one back.
#pragma once

#include "settle/models/crossbar/wire_ladder.h"

namespace settle {

/// The most right-hand sides that are solved for side by side.
constexpr Index max_lanes = 16;

/// The arrays that the sweeps read and write. Those of nodes are stride x cols, by columns; those of lines have an
/// element for each line. Each element holds `lanes` right-hand sides side by side.
template <class Real>
struct SweepState {
  Index lanes = 1;
  Real *direction, *residual;             // Norton currents of the word lines
  Real* bit_current;                      // Norton currents of the bit lines
  Real* word_total = nullptr;             // the solution's Norton currents of the word lines; may be null
  const Real* injected = nullptr;         // ampere into each bit node, out of its word node; may be null; one lane only
  Real *word_voltage, *word_current;      // stride: of the column that a sweep is at
  Real* bit_voltage;                      // stride
  const Real *word_drive, *bit_drive;     // stride, cols: volts at the terminals
  Real *at_source, *at_sense;             // stride, cols: the solution's Norton currents at the terminals
  Real step[max_lanes], turn[max_lanes];  // the factors of an iteration's updates: alpha and beta
  // sums of r f J^2 over the nodes (a ladder's Norton currents J dissipate this), and largest |residual|
  double word_power[max_lanes], bit_power[max_lanes], residual_power[max_lanes];
  Real largest[max_lanes];
};

/// The number of right-hand sides for which the sweeps are made, besides 1: the elements of a vector.
template <class Real>
Index sweep_lanes();

/// direction = residual + turn direction; the word lines' voltages from it; the bit lines' Norton currents from those.
/// Sets word_power and bit_power.
template <class Real>
void sweep_out(const Ladders<Real>& ladders, SweepState<Real>& s);
/// The bit lines' voltages, then the word lines' Norton currents K from them; residual -= step (direction - K), and the
/// solution += step direction. Sets residual_power and largest.
template <class Real>
void sweep_back(const Ladders<Real>& ladders, SweepState<Real>& s);

/// The first sweep outwards and the first one back, from a solution of 0: the effect of drives and injected currents
/// alone. Sets direction (to 0), residual, at_source and at_sense.
template <class Real>
void first_sweep_out(const Ladders<Real>& ladders, SweepState<Real>& s);
template <class Real>
void first_sweep_back(const Ladders<Real>& ladders, SweepState<Real>& s);

}  // namespace settle
