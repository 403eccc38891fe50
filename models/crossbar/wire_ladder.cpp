#include "settle/models/crossbar/wire_ladder.h"

#include <algorithm>

namespace settle {
namespace {

constexpr Index whole_vectors = 16;  // elements of the widest vector

// One column of G, from the open end of its bit line to the sense amplifier. Returns the product of the f.
template <class Real>
double factorise_bit_line(const Real* g, double bit_ohm, double bit_end_ohm, Index rows, Real* factor, Real* input) {
  double c = 0, f = 1, through = 1;
  for (Index i = 0; i < rows; ++i) {
    c = double(g[i]) + f * c;
    f = 1 / (1 + (i == rows - 1 ? bit_end_ohm : bit_ohm) * c);
    factor[i] = Real(f);
    through *= f;
  }
  *input = Real(c);
  return through;
}

// For lines A = L + G, with L the wire and G the devices: a lower bound of 1 - (the spectral radius of A^-1 G). That is
// at most the largest element of A^-1 G 1, the voltage of an open end whose devices are held at 1 V: 1 - (the product
// of the f). It is also at most x / (1 + x), x = G |L^-1|, where |L^-1| is no more than the sum of all nodes'
// resistances to the terminal; of use for lines so long that the product is nearly 0.
double line_margin(double through, double largest_g, Index nodes, double ohm, double end_ohm) {
  const double to_terminal = double(nodes) * (end_ohm + ohm) + ohm * double(nodes) * double(nodes - 1) / 2;
  return std::max(through, 1 / (1 + largest_g * to_terminal));
}

}  // namespace

template <class Real>
void Ladders<Real>::factorise(const Matrix<Real>& g, const Wires& wires) {
  rows = g.rows();
  cols = g.cols();
  stride = (rows + whole_vectors - 1) / whole_vectors * whole_vectors;
  word_ohm = Real(wires.word_ohm);
  word_end_ohm = Real(wires.word_ohm + wires.source_ohm);
  bit_ohm = Real(wires.bit_ohm);
  bit_end_ohm = Real(wires.bit_ohm + wires.sense_ohm);
  conductance.setZero(stride * cols);
  word_factor.setOnes(stride * cols);
  bit_factor.setOnes(stride * cols);
  word_input.setZero(stride);
  bit_input.setZero(cols);
  c_.setZero(rows);
  f_.setOnes(rows);
  through_.setOnes(rows);

  double through_bits = 1;
  for (Index j = cols - 1; j >= 0; --j) {
    const Real* gj = g.data() + j * rows;
    const double r = j == 0 ? wires.word_ohm + wires.source_ohm : wires.word_ohm;
    for (Index i = 0; i < rows; ++i) {
      c_[i] = double(gj[i]) + f_[i] * c_[i];
      f_[i] = 1 / (1 + r * c_[i]);
      through_[i] *= f_[i];
      conductance[j * stride + i] = gj[i];
      word_factor[j * stride + i] = Real(f_[i]);
    }
    through_bits = std::min(through_bits, factorise_bit_line(gj, wires.bit_ohm, wires.bit_ohm + wires.sense_ohm, rows,
                                                             bit_factor.data() + j * stride, &bit_input[j]));
  }
  word_input.head(rows) = c_.template cast<Real>();
  const double largest_g = double(g.maxCoeff());
  const double words = line_margin(through_.minCoeff(), largest_g, cols, wires.word_ohm, wires.source_ohm);
  const double bits = line_margin(through_bits, largest_g, rows, wires.bit_ohm, wires.sense_ohm);
  margin = words + bits * (1 - words);  // 1 - (1 - words)(1 - bits)
}

template struct Ladders<float>;
template struct Ladders<double>;

}  // namespace settle
