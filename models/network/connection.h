// Connections: which cells of an array connect which nodes of two populations. Weights are a linear operator on a block
// of samples.
//
// A new kind of connection is one class; a topology gives it to its projections (Projection::connection).
#pragma once

#include <memory>

#include "settle/models/crossbar/side.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// A connection between `sources` nodes and `targets` nodes, through an array of bit_lines() x word_lines() cells,
/// which a sample is read through reads() times. It has no state: the cells are given to each call. Samples are
/// columns.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual Index sources() const = 0;
  virtual Index targets() const = 0;
  virtual Index word_lines() const = 0;
  virtual Index bit_lines() const = 0;
  /// The number of times that a sample drives the array on its way to its target.
  virtual Index reads() const = 0;
  Index cells() const { return word_lines() * bit_lines(); }
  /// The multiplications of one sample's product, or of its outer product.
  double multiplications() const { return double(cells()) * double(reads()); }

  /// y <- keep y + factor W x with the word lines driven (sources x n to targets x n), factor W^T x with the bit lines.
  /// With keep zero, y is not read.
  virtual void add_product(Side driven, float factor, ConstView<float> cells, ConstView<float> x, float keep,
                           View<float> y) const = 0;
  virtual void add_product(Side driven, double factor, ConstView<double> cells, ConstView<double> x, double keep,
                           View<double> y) const = 0;
  /// y += factor (W o W) x, or of its transpose: the variance of sums of independent noise of variance x.
  virtual void add_squared_product(Side driven, float factor, ConstView<float> cells, ConstView<float> x,
                                   View<float> y) const = 0;
  virtual void add_squared_product(Side driven, double factor, ConstView<double> cells, ConstView<double> x,
                                   View<double> y) const = 0;
  /// cells <- keep cells + factor times the sum over samples of post pre^T (targets x n, sources x n), for `count` word
  /// lines from `first` on: the share of one thread.
  virtual void add_outer(Index first, Index count, float factor, ConstView<float> post, ConstView<float> pre,
                         float keep, View<float> cells) const = 0;
  virtual void add_outer(Index first, Index count, double factor, ConstView<double> post, ConstView<double> pre,
                         double keep, View<double> cells) const = 0;
  /// The connection of an array of its own that carries feedback, from target to source.
  virtual std::shared_ptr<const Connection> reversed() const = 0;
  /// The values on the driven lines, read after read: lines x (n reads()). Returns x itself, or `scratch`.
  virtual ConstView<float> lines(Side driven, ConstView<float> x, Matrix<float>& scratch) const = 0;
};

/// A connection from every source to every target, each pair through a cell of its own.
std::shared_ptr<const Connection> dense(Index sources, Index targets);

}  // namespace settle
