// The phases in time.
#include <utility>

#include "models/settling/phase.h"
#include "models/settling/phase_view.h"

namespace settle {
namespace {

template <class Real, class Phase>
void advance_phase(const Phase& phase, const Chunk<Real>& chunk, const std::vector<MembraneStep<Real>>& steps,
                   DriveHistory<Real>& drives) {
  const Loop<Real>& loop = phase.loop;
  const Live live(std::size_t(loop.populations()), 1);
  drives.now.resize(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p) {
    Matrix<Real>& h = drives.now[std::size_t(p)];
    h.resize(loop.banks[std::size_t(p)]->size(), chunk.count);
    sum_drive(phase, chunk, p, live, View<Real>(h.data(), h.rows(), h.cols()));
    // a residual, if anything (drive_from_residual)
    if (!phase.has_external(p)) h += chunk.view(Phase::external(chunk.bank(p)));
  }
  if (drives.last.empty()) drives.last = drives.now;
  for (Index p = 1; p < loop.readout(); ++p) {
    const MembraneStep<Real>& step = steps[std::size_t(p)];
    Matrix<Real>&h = drives.now[std::size_t(p)], &last = drives.last[std::size_t(p)];
    step.extrapolate(columns(h, 0, h.cols()), columns(last, 0, last.cols()));
    step.advance(columns(std::as_const(h), 0, h.cols()), chunk.view(Phase::drive(chunk.bank(p))), phase.scale(p));
    phase.respond(chunk, p);
  }
}

}  // namespace

template <class Real>
std::vector<MembraneStep<Real>> membrane_steps(const Loop<Real>& loop, double step_s) {
  std::vector<MembraneStep<Real>> steps(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p)
    steps[std::size_t(p)] = MembraneStep<Real>(*loop.banks[std::size_t(p)], step_s);
  return steps;
}

template <class Real>
void advance_free(const Loop<Real>& loop, const Chunk<Real>& chunk, const std::vector<MembraneStep<Real>>& steps,
                  DriveHistory<Real>& drives) {
  advance_phase(FreeView<Real>{loop}, chunk, steps, drives);
}

template <class Real>
void advance_difference(const Loop<Real>& loop, const Chunk<Real>& chunk, const std::vector<MembraneStep<Real>>& steps,
                        DriveHistory<Real>& drives) {
  advance_phase(ClampedView<Real>{loop}, chunk, steps, drives);
}

#define SETTLE_INSTANTIATE(Real)                                                                                  \
  template std::vector<MembraneStep<Real>> membrane_steps<Real>(const Loop<Real>&, double);                       \
  template void advance_free<Real>(const Loop<Real>&, const Chunk<Real>&, const std::vector<MembraneStep<Real>>&, \
                                   DriveHistory<Real>&);                                                          \
  template void advance_difference<Real>(const Loop<Real>&, const Chunk<Real>&,                                   \
                                         const std::vector<MembraneStep<Real>>&, DriveHistory<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
