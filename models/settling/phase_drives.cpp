// The drives that a phase gets from outside the circuit, of input and nudge, and the one that leaves it, to the
// read-out.
#include <algorithm>

#include "settle/models/settling/phase.h"
#include "settle/models/settling/phase_view.h"

namespace settle {
namespace {

// The values that lines of converters which drive `x` carry to the devices of the first arrays.
template <class Real>
ConstView<Real> driven(const Circuit<Real>& circuit, ConstView<Real> x, Matrix<Real>& line) {
  if (circuit.curvature() == 0) return x;
  line.resize(x.rows(), x.cols());
  drive_line(circuit.curvature(), x, View<Real>(line.data(), line.rows(), line.cols()));
  return {line.data(), line.rows(), line.cols()};
}

}  // namespace

template <class Real>
void drive_from_input(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> pixels) {
  Matrix<Real> line;
  const ConstView<Real> x = driven(circuit, pixels, line);
  if (circuit.reads_out_input()) chunk.view(chunk.bank(0).state) = pixels;
  for (Index p = 1; p < circuit.readout(); ++p) {
    if (!circuit.has(Role::input, p)) continue;
    Sum<Real> sum(chunk.view(chunk.bank(p).external));
    for (const Read<Real>& read : circuit.reads())
      if (read.role == Role::input && read.sink == p) sum.add(read, read.factor(), x);
  }
}

template <class Real>
void read_logits(const Circuit<Real>& circuit, const Chunk<Real>& chunk, View<Real> logits) {
  Sum<Real> sum(logits);
  for (const Read<Real>& read : circuit.reads())
    if (read.role == Role::readout) sum.add(read, read.factor(), FreeView<Real>{circuit}.carried(chunk, read.driver));
  sum.finish();
}

template <class Real>
void read_logits_difference(const Circuit<Real>& circuit, const Chunk<Real>& chunk, View<Real> logits) {
  Sum<Real> sum(logits);
  for (const Read<Real>& read : circuit.reads())
    if (read.role == Role::readout && read.driver > 0)  // the nudge does not move the input
      sum.add(read, Real(double(read.factor()) * circuit.scale(read.driver)),
              ClampedView<Real>{circuit}.carried(chunk, read.driver));
  sum.finish();
}

template <class Real>
void drive_from_nudge(const Circuit<Real>& circuit, const Chunk<Real>& chunk, ConstView<Real> nudge) {
  Matrix<Real> line;
  const ConstView<Real> error = driven(circuit, nudge, line);
  const bool holds = circuit.clamped_lines() == ClampedLines::differences;
  for (Index p = 1; p < circuit.readout(); ++p) {
    if (!circuit.has(Role::nudge, p) && !holds) continue;
    BankState<Real>& b = chunk.bank(p);
    Sum<Real> sum(chunk.view(b.difference_external));
    const double g = circuit.scale(p);
    for (const Read<Real>& read : circuit.reads())
      if (read.role == Role::nudge && read.sink == p)
        sum.add(read, Real(g > 0 ? double(read.factor()) * double(circuit.nudge()) / g : 0.0), error);
    sum.finish();
    if (b.drive_offset.size() > 0)
      chunk.view(b.difference_external) += Real(1 / circuit.signal(p)) * chunk.view(b.drive_offset);
  }
}

template <class Real>
void drive_from_residual(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  const FreeView<Real> phase{circuit};
  const Live live(std::size_t(circuit.populations()), 1);
  for (Index p = 1; p < circuit.readout(); ++p) {
    BankState<Real>& b = chunk.bank(p);
    Matrix<Real> h(circuit.bank(p).size(), chunk.count);
    sum_drive(phase, chunk, p, live, View<Real>(h.data(), h.rows(), h.cols()));
    const double g = circuit.scale(p);
    const Real per_scale = g > 0 ? Real(1 / std::max(g, 1e-30)) : Real(0);
    View<Real> external = chunk.view(b.difference_external);
    if (!circuit.has(Role::nudge, p)) external.setZero();
    external += per_scale * (h - chunk.view(b.drive));
  }
}

#define SETTLE_INSTANTIATE(Real)                                                                    \
  template void drive_from_input<Real>(const Circuit<Real>&, const Chunk<Real>&, ConstView<Real>);  \
  template void read_logits<Real>(const Circuit<Real>&, const Chunk<Real>&, View<Real>);            \
  template void read_logits_difference<Real>(const Circuit<Real>&, const Chunk<Real>&, View<Real>); \
  template void drive_from_nudge<Real>(const Circuit<Real>&, const Chunk<Real>&, ConstView<Real>);  \
  template void drive_from_residual<Real>(const Circuit<Real>&, const Chunk<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
