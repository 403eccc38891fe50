// A read: one population drives one side of an array, and the currents on its other side add up to a drive of another
// population.
#pragma once

#include <vector>

#include "settle/models/network/connection.h"
#include "settle/models/network/graph.h"

namespace settle {

/// The purpose of a read. Inputs and nudges are driven by DACs, the read-out is converted by ADCs (in a perceptron the
/// DACs of the input drive it), and recurrent reads couple hidden populations.
enum class Role { input, recurrent, readout, nudge };

/// Weights as a linear operator, W = scale * cells. Refers to the connection and the cells, which outlive it.
template <class Real>
struct Weights {
  const Connection* connection = nullptr;
  const Matrix<Real>* cells = nullptr;
  Real scale = 1;

  /// y <- keep y + factor cells x, or cells^T x where the bit lines are driven. The caller puts the scale into the
  /// factor (Read::factor).
  void add_product(Side driven, Real factor, ConstView<Real> x, Real keep, View<Real> y) const {
    connection->add_product(driven, factor, view(), x, keep, y);
  }
  void add_squared_product(Side driven, Real factor, ConstView<Real> x, View<Real> y) const {
    connection->add_squared_product(driven, factor, view(), x, y);
  }
  ConstView<Real> view() const { return columns(*cells, 0, cells->cols()); }
};

template <class Real>
struct Read {
  std::size_t projection;  // whose weights are read, by its place in the graph
  Index driver, sink;      // populations
  Role role;
  Weights<Real> weights;
  Side side;    // the side that the driver drives; with Side::bit_lines the projection's own weights are read backwards
  double gain;  // factor on what arrives at the sink: alpha, or beta

  /// The factor on a product of the cells: gain times scale.
  Real factor() const { return Real(gain) * weights.scale; }

  bool forward() const { return driver < sink; }
};

/// The cells of a projection's arrays: `forward` is targets x sources; `feedback`, where that has an array of its own,
/// sources x targets. Null where there is none. Weights are cells times the scale.
template <class Real>
struct ProjectionArrays {
  const Matrix<Real>* forward = nullptr;
  const Matrix<Real>* feedback = nullptr;
  Real forward_scale = 1, feedback_scale = 1;
};

}  // namespace settle
