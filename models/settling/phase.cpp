#include "models/settling/phase.h"

#include <cmath>
#include <utility>

#include "models/settling/phase_view.h"
#include "models/settling/settling_watch.h"

namespace settle {
namespace {

template <class Real, class Phase>
double respond(const Phase& phase, const Chunk<Real>& chunk, Index p) {
  const Change<Real> change = phase.respond(chunk, p);
  const Real unit = Phase::unit(change);
  return unit > 0 ? double(change.largest_step / unit) : double(change.largest_step);
}

// The larger one, or what is not a number: std::max would drop it.
double larger(double a, double b) { return a >= b ? a : b > a ? b : std::nan(""); }

template <class Real, class Phase>
double sweep(const Phase& phase, const Chunk<Real>& chunk, Live& live) {
  double change = 0;
  const Index last = phase.loop.populations() - 1;
  for (Index i = 1; i < last; ++i) {
    const Index p = Phase::forwards ? i : last - i;
    sum_drive(phase, chunk, p, live, chunk.view(Phase::drive(chunk.bank(p))));
    change = larger(change, respond(phase, chunk, p));
    live[std::size_t(p)] = 1;
  }
  return change;
}

template <class Real, class Phase>
double map_step(const Phase& phase, const Chunk<Real>& chunk, Live& live) {
  for (Index p = 1; p + 1 < phase.loop.populations(); ++p)
    sum_drive(phase, chunk, p, live, chunk.view(Phase::drive(chunk.bank(p))));
  double change = 0;
  for (Index p = 1; p + 1 < phase.loop.populations(); ++p) {
    change = larger(change, respond(phase, chunk, p));
    live[std::size_t(p)] = 1;
  }
  return change;
}

// Returns how far it has moved the states, in their unit.
template <class Real, class Phase>
double iterate_once(const Phase& phase, const Chunk<Real>& chunk, Method method, Live& live) {
  return method == Method::sweeps ? sweep(phase, chunk, live) : map_step(phase, chunk, live);
}

// The error that is left after a step of size `change`, when each step is `contraction` times the one before.
double error_left(double change, double contraction) {
  return contraction < 1 ? change * contraction / (1 - contraction) : change;
}

template <class Real, class Phase>
Settled iterate(const Phase& phase, const Chunk<Real>& chunk, const SettleOptions& options, Live live,
                double contraction) {
  Settled settled;
  settled.contraction = contraction;
  settled.error = 1;
  double last_change = 0;
  while (settled.steps < options.steps) {
    ++settled.steps;
    const double change =
        iterate_once(options.ramped ? phase.at_step(settled.steps) : phase, chunk, options.method, live);
    if (!std::isfinite(change)) return settled;
    if (Phase::forwards && phase.loop.feedforward && options.method == Method::sweeps) {
      settled.error = 0;
      settled.converged = true;
      break;
    }
    if (last_change > 0) settled.contraction = change / last_change;
    last_change = change;
    const bool known = settled.contraction > 0 || change == 0;
    settled.error = known ? error_left(change, settled.contraction) : change;
    settled.converged = known && settled.contraction < 1 && settled.error <= options.tolerance;
    if (settled.converged && options.method == Method::sweeps) break;
  }
  return settled;
}

// All membranes step at once, on the states before the step.

template <class Real>
void zero(View<Real> v) {
  v.setZero();
}

}  // namespace

template <class Real>
Settled settle_free(const Loop<Real>& loop, const Chunk<Real>& chunk, const SettleOptions& options) {
  for (Index p = 1; p < loop.readout(); ++p) zero<Real>(chunk.view(chunk.bank(p).state));
  return iterate(FreeView<Real>{loop}, chunk, options, Live(std::size_t(loop.populations()), 0), 0.0);
}

template <class Real>
void release(const Loop<Real>& loop, const Chunk<Real>& chunk) {
  for (Index p = 1; p < loop.readout(); ++p) {
    zero<Real>(chunk.view(chunk.bank(p).difference));
    zero<Real>(chunk.view(chunk.bank(p).difference_drive));
  }
}

template <class Real>
Settled settle_clamped(const Loop<Real>& loop, const Chunk<Real>& chunk, const SettleOptions& options,
                       double contraction) {
  const Live live(std::size_t(loop.populations()), options.from_rest ? 0 : 1);
  return iterate(ClampedView<Real>{loop}, chunk, options, live, contraction);
}

template <class Real>
std::vector<Ending> endings(const Loop<Real>& loop, const Chunk<Real>& chunk, bool clamped,
                            const SettleOptions& options) {
  struct Kept {
    Matrix<Real> drive, state;
  };
  std::vector<Kept> kept;
  const auto drive = [&](Index p) {
    BankState<Real>& b = chunk.bank(p);
    return chunk.view(clamped ? b.difference_drive : b.drive);
  };
  const auto state = [&](Index p) {
    BankState<Real>& b = chunk.bank(p);
    return chunk.view(clamped ? b.difference : b.state);
  };
  for (Index p = 1; p < loop.readout(); ++p) kept.push_back({drive(p), state(p)});
  Live live(std::size_t(loop.populations()), 1);
  SettlingWatch<Real> watch(loop, chunk, clamped, options.tolerance);
  watch.look(0);
  for (int i = 1; i <= 2; ++i) {
    if (clamped) {
      const ClampedView<Real> phase{loop};
      iterate_once(options.ramped ? phase.at_step(options.steps) : phase, chunk, options.method, live);
    } else {
      iterate_once(FreeView<Real>{loop}, chunk, options.method, live);
    }
    watch.look(i);
  }
  for (Index p = 1; p < loop.readout(); ++p) {
    drive(p) = kept[std::size_t(p - 1)].drive;
    state(p) = kept[std::size_t(p - 1)].state;
  }
  std::vector<Ending> all;
  for (Index c = 0; c < chunk.count; ++c) all.push_back(watch.ending(c));
  return all;
}

#define SETTLE_INSTANTIATE(Real)                                                                              \
  template Settled settle_free<Real>(const Loop<Real>&, const Chunk<Real>&, const SettleOptions&);            \
  template void release<Real>(const Loop<Real>&, const Chunk<Real>&);                                         \
  template Settled settle_clamped<Real>(const Loop<Real>&, const Chunk<Real>&, const SettleOptions&, double); \
  template std::vector<Ending> endings<Real>(const Loop<Real>&, const Chunk<Real>&, bool, const SettleOptions&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
