// The circuit as a linear map between the states of its hidden populations: what the map's Jacobian and its adjoint,
// and the map itself, have in common.
#pragma once

#include "settle/models/circuit/circuit.h"
#include "settle/models/numeric/blas.h"

namespace settle {

/// A number for each hidden neuron (rows) and sample (columns), by population; empty for the input and the read-out.
template <class Real>
using States = std::vector<Matrix<Real>>;

/// Zeros for every hidden population and `samples` columns.
template <class Real>
States<Real> zero_states(const Circuit<Real>& circuit, Index samples);

/// y += M x, or M^T x, with M the matrix of alpha W forwards and beta B backwards between the hidden populations.
template <class Real>
void add_product(const Circuit<Real>& circuit, Op op, const States<Real>& x, States<Real>& y);

/// The values that the lines of a population in these states carry to the devices (device_current.h), and their
/// derivative by the state; x and one where devices are linear.
template <class Real>
Matrix<Real> line_of(const Circuit<Real>& circuit, const Matrix<Real>& states);
template <class Real>
Matrix<Real> line_slope_of(const Circuit<Real>& circuit, const Matrix<Real>& states);

/// The slopes ds/dh of a bank's neurons at drive h and state s.
template <class Real>
Matrix<Real> slopes_of(const Bank<Real>& bank, const Matrix<Real>& h, const Matrix<Real>& s);

/// The factors that linearise the circuit at the free states of `chunk`: for each neuron and sample the slope of its
/// activation, times the slope of its line.
template <class Real>
States<Real> slopes_at(const Circuit<Real>& circuit, const Chunk<Real>& chunk);

}  // namespace settle
