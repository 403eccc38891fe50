// Activation functions: how a neuron's output follows its drive, and how a difference passes through it.
//
// A new activation is one file with two kernels and one line in the table of activation.cpp.
#pragma once

#include <string>
#include <vector>

#include "models/numeric/matrix.h"

namespace settle {

/// How far an iteration has moved the states of a population.
template <class Real>
struct Change {
  Real largest_step;   // largest |new - old|
  Real largest_value;  // largest |new|
};

/// The neurons of one population act on a chunk: h, s, d and e are (rows x cols), contiguous by columns; gain and
/// shift have `rows` elements. The neuron's input is u = gain h + shift, its output s = f(u).
template <class Real>
struct Activation {
  std::string name;

  /// s <- f(gain h + shift)
  Change<Real> (*apply)(const Real* gain, const Real* shift, const Real* h, Real* s, Index rows, Index cols);

  /// e <- (f(u + scale gain d) - f(u)) / scale, without the cancellation that the formula suggests, also as scale
  /// goes to zero. h and s are the free phase's.
  Change<Real> (*apply_difference)(Real scale, const Real* gain, const Real* shift, const Real* h, const Real* s,
                                   const Real* d, Real* e, Index rows, Index cols);

  /// slope <- gain f'(u)
  void (*slope)(const Real* gain, const Real* shift, const Real* h, const Real* s, Real* slope, Index rows, Index cols);
};

/// All activations, float or double.
template <class Real>
const std::vector<Activation<Real>>& activations();

/// The one with this name (std::logic_error when there is none: names are checked where they are read).
template <class Real>
const Activation<Real>& activation(const std::string& name);

}  // namespace settle
