// What drives a phase from outside the loop, and what the loop drives: input, nudge, read-out.
#include <algorithm>

#include "models/settling/phase.h"
#include "models/settling/phase_view.h"

namespace settle {
namespace {

// What converters that drive `x` make the devices of the first arrays see.
template <class Real>
ConstView<Real> driven(const Loop<Real>& loop, ConstView<Real> x, Matrix<Real>& line) {
  if (loop.curvature == 0) return x;
  line.resize(x.rows(), x.cols());
  drive_line(loop.curvature, x, View<Real>(line.data(), line.rows(), line.cols()));
  return {line.data(), line.rows(), line.cols()};
}

}  // namespace

template <class Real>
void drive_from_input(const Loop<Real>& loop, const Chunk<Real>& chunk, ConstView<Real> pixels) {
  Matrix<Real> line;
  const ConstView<Real> x = driven(loop, pixels, line);
  for (Index p = 1; p < loop.readout(); ++p) {
    if (!driven_by_input(loop, p)) continue;
    Sum<Real> sum(chunk.view(chunk.bank(p).external));
    for (const Coupling<Real>& c : loop.couplings)
      if (c.source == 0 && c.target == p) sum.add(Op::none, c.alpha, *c.forward, x);
  }
}

template <class Real>
void read_logits(const Loop<Real>& loop, const Chunk<Real>& chunk, View<Real> logits) {
  Sum<Real> sum(logits);
  for (const Coupling<Real>& c : loop.couplings)
    if (c.target == loop.readout() && c.forward != nullptr && loop.is_hidden(c.source))
      sum.add(Op::none, c.alpha, *c.forward, FreeView<Real>{loop}.carried(chunk, c.source));
  sum.finish();
}

template <class Real>
void read_logits_difference(const Loop<Real>& loop, const Chunk<Real>& chunk, View<Real> logits) {
  Sum<Real> sum(logits);
  for (const Coupling<Real>& c : loop.couplings)
    if (c.target == loop.readout() && c.forward != nullptr && loop.is_hidden(c.source))
      sum.add(Op::none, Real(double(c.alpha) * loop.scale[std::size_t(c.source)]), *c.forward,
              ClampedView<Real>{loop}.carried(chunk, c.source));
  sum.finish();
}

template <class Real>
void drive_from_nudge(const Loop<Real>& loop, const Chunk<Real>& chunk, ConstView<Real> nudge) {
  Matrix<Real> line;
  const ConstView<Real> error = driven(loop, nudge, line);
  for (Index p = 1; p < loop.readout(); ++p) {
    if (!nudged(loop, p)) continue;
    Sum<Real> sum(chunk.view(chunk.bank(p).difference_external));
    const double g = loop.scale[std::size_t(p)];
    for (const Coupling<Real>& c : loop.couplings)
      if (c.source == p && c.target == loop.readout() && c.backward != nullptr)
        sum.add(c.backward_op, Real(g > 0 ? double(c.beta) * double(loop.nudge) / g : 0.0), *c.backward, error);
  }
}

template <class Real>
void drive_from_residual(const Loop<Real>& loop, const Chunk<Real>& chunk) {
  const FreeView<Real> phase{loop};
  const Live live(std::size_t(loop.populations()), 1);
  for (Index p = 1; p < loop.readout(); ++p) {
    BankState<Real>& b = chunk.bank(p);
    Matrix<Real> h(loop.banks[std::size_t(p)]->size(), chunk.count);
    sum_drive(phase, chunk, p, live, View<Real>(h.data(), h.rows(), h.cols()));
    const double g = loop.scale[std::size_t(p)];
    const Real per_scale = g > 0 ? Real(1 / std::max(g, 1e-30)) : Real(0);
    View<Real> external = chunk.view(b.difference_external);
    if (!nudged(loop, p)) external.setZero();
    external += per_scale * (h - chunk.view(b.drive));
  }
}

#define SETTLE_INSTANTIATE(Real)                                                                 \
  template void drive_from_input<Real>(const Loop<Real>&, const Chunk<Real>&, ConstView<Real>);  \
  template void read_logits<Real>(const Loop<Real>&, const Chunk<Real>&, View<Real>);            \
  template void read_logits_difference<Real>(const Loop<Real>&, const Chunk<Real>&, View<Real>); \
  template void drive_from_nudge<Real>(const Loop<Real>&, const Chunk<Real>&, ConstView<Real>);  \
  template void drive_from_residual<Real>(const Loop<Real>&, const Chunk<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
