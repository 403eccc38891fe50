#include "settle/models/crossbar/wire_power.h"

namespace settle {

// Currents of segments are sums of the devices' beyond them, so that segments may have no resistance.
WirePower wire_power(const Matrix<double>& conductance, const Wires& wires, const Vector<double>& v) {
  const WireSolution solution = WireSolver(conductance, wires).solve(v);
  const Matrix<double> voltage = solution.word - solution.bit, current = conductance.cwiseProduct(voltage);
  const Index rows = current.rows(), cols = current.cols();
  WirePower power;
  power.devices = current.cwiseProduct(voltage).sum();
  Vector<double> along = Vector<double>::Zero(rows);
  for (Index j = cols - 1; j >= 0; --j) {
    along += current.col(j);
    power.word_lines += (j == 0 ? wires.source_ohm + wires.word_ohm : wires.word_ohm) * along.squaredNorm();
  }
  power.supply = v.dot(solution.source_current);
  for (Index j = 0; j < cols; ++j) {
    double down = 0;
    for (Index i = 0; i < rows; ++i) {
      down += current(i, j);
      power.bit_lines += (i == rows - 1 ? wires.bit_ohm + wires.sense_ohm : wires.bit_ohm) * down * down;
    }
  }
  return power;
}

}  // namespace settle
