// Activation functions: how a neuron's output follows its input, and how a difference passes through it.
//
// A new activation is one file with a function object (activation-inl.h says what it must do), its declaration in
// functions.h and one line in the table of activation.cpp.
#pragma once

#include <string>
#include <vector>

#include "settle/models/neuron/curve.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// The distance by which an iteration has moved the states of a population. Both are NaN if a state has become one.
template <class Real>
struct Change {
  Real largest_step;   // largest |new - old|
  Real largest_value;  // largest |new|
};

/// The parameters of a population's neurons: neuron i has the input u = gain_i h + shift_i and the output s =
/// amplitude_i f(u). Each pointer is to one number a neuron.
template <class Real>
struct NeuronParameters {
  const Real* gain;
  const Real* shift;
  const Real* amplitude = nullptr;     // positive; null: all one
  const Curve<Real>* curve = nullptr;  // f, for activations that need one
  Real rail = 0;                       // h ends at +- this; 0: nowhere
};

/// Functions f that a bank of neurons can have. They act on a chunk: h, s, d, e and slope are (rows x cols),
/// contiguous by columns, a row for each neuron and a column for each sample.
template <class Real>
struct Activation {
  /// The kernels for the CPU that runs.
  struct Kernels {
    Change<Real> (*apply)(const NeuronParameters<Real>& neurons, const Real* h, Real* s, Index rows, Index cols);
    Change<Real> (*apply_difference)(Real scale, const NeuronParameters<Real>& neurons, const Real* h, const Real* s,
                                     const Real* d, Real* e, Index rows, Index cols);
    void (*slope)(const NeuronParameters<Real>& neurons, const Real* h, const Real* s, Real* slope, Index rows,
                  Index cols);
  };

  std::string name;
  Kernels kernels;
  bool needs_curve = false;  // std::logic_error from all kernels without

  /// s <- amplitude f(gain h + shift)
  Change<Real> apply(const NeuronParameters<Real>& neurons, const Real* h, Real* s, Index rows, Index cols) const {
    return kernels.apply(neurons, h, s, rows, cols);
  }
  /// e <- amplitude (f(u + scale gain d) - f(u)) / scale, without the cancellation that the formula suggests, also as
  /// scale goes to zero, where e is slope d (at a kink of f: the slope on the side that d points to). h and s are the
  /// free phase's.
  Change<Real> apply_difference(Real scale, const NeuronParameters<Real>& neurons, const Real* h, const Real* s,
                                const Real* d, Real* e, Index rows, Index cols) const {
    return kernels.apply_difference(scale, neurons, h, s, d, e, rows, cols);
  }
  /// slope <- amplitude gain f'(u)
  void slope(const NeuronParameters<Real>& neurons, const Real* h, const Real* s, Real* slopes, Index rows,
             Index cols) const {
    kernels.slope(neurons, h, s, slopes, rows, cols);
  }

  // Shorter calls, for neurons whose amplitude is one.
  Change<Real> apply(const Real* gain, const Real* shift, const Real* h, Real* s, Index rows, Index cols) const {
    return apply({gain, shift}, h, s, rows, cols);
  }
  Change<Real> apply_difference(Real scale, const Real* gain, const Real* shift, const Real* h, const Real* s,
                                const Real* d, Real* e, Index rows, Index cols) const {
    return apply_difference(scale, {gain, shift}, h, s, d, e, rows, cols);
  }
  void slope(const Real* gain, const Real* shift, const Real* h, const Real* s, Real* slopes, Index rows,
             Index cols) const {
    slope({gain, shift}, h, s, slopes, rows, cols);
  }
};

/// All activations, float or double.
template <class Real>
const std::vector<Activation<Real>>& activations();

/// The activation of that name (InputError, which lists them, when there is none).
template <class Real>
const Activation<Real>& activation(const std::string& name);

}  // namespace settle
