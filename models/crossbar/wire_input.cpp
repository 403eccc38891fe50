#include "settle/models/crossbar/wire_input.h"

#include <cmath>

#include "settle/models/numeric/expect.h"

namespace settle {
namespace {

bool usable(double value) { return std::isfinite(value) && value >= 0; }

void check_resistance(const char* name, double ohm) {
  if (!usable(ohm)) refuse_argument("wires: ", name, " is ", ohm, "; give a finite resistance of at least 0");
}

}  // namespace

void check_wires(const Wires& wires) {
  check_resistance("word_ohm", wires.word_ohm);
  check_resistance("bit_ohm", wires.bit_ohm);
  check_resistance("source_ohm", wires.source_ohm);
  check_resistance("sense_ohm", wires.sense_ohm);
}

template <class Real>
void check_conductances(const Matrix<Real>& conductance) {
  if (conductance.size() == 0)
    refuse_argument("conductances: ", conductance.rows(), " x ", conductance.cols(),
                    " devices; give at least one row and one column");
  for (Index j = 0; j < conductance.cols(); ++j)
    for (Index i = 0; i < conductance.rows(); ++i)
      if (!usable(double(conductance(i, j))))
        refuse_argument("conductances: row ", i, ", column ", j, " is ", conductance(i, j),
                        " S; give a finite conductance of at least 0");
}

void check_voltages(ConstView<double> v) {
  for (Index k = 0; k < v.cols(); ++k)
    for (Index i = 0; i < v.rows(); ++i)
      if (!(std::abs(v(i, k)) <= most_read_v))
        refuse_argument("input voltages: line ", i, " of input ", k, " is ", v(i, k), " V; give a finite voltage of ",
                        most_read_v, " V at most");
}

template void check_conductances(const Matrix<float>&);
template void check_conductances(const Matrix<double>&);

}  // namespace settle
