#include "settle/models/settling/phase.h"

#include <cmath>
#include <utility>

#include "settle/models/numeric/stop.h"
#include "settle/models/settling/over_relaxation.h"
#include "settle/models/settling/phase_view.h"
#include "settle/models/settling/settling_watch.h"

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
double sweep(const Phase& phase, const Chunk<Real>& chunk, Live& live, double relaxation = 1) {
  double change = 0;
  const Index last = phase.circuit.populations() - 1;
  for (Index i = 1; i < last; ++i) {
    const Index p = Phase::forwards ? i : last - i;
    sum_drive(phase, chunk, p, live, chunk.view(Phase::drive(chunk.bank(p))), Real(relaxation));
    change = larger(change, respond(phase, chunk, p));
    live[std::size_t(p)] = 1;
  }
  return change;
}

template <class Real, class Phase>
double map_step(const Phase& phase, const Chunk<Real>& chunk, Live& live) {
  for (Index p = 1; p + 1 < phase.circuit.populations(); ++p)
    sum_drive(phase, chunk, p, live, chunk.view(Phase::drive(chunk.bank(p))));
  double change = 0;
  for (Index p = 1; p + 1 < phase.circuit.populations(); ++p) {
    change = larger(change, respond(phase, chunk, p));
    live[std::size_t(p)] = 1;
  }
  return change;
}

// Makes one sweep or one step of the map. Returns how far it has moved the states, in their unit.
template <class Real, class Phase>
double iterate_once(const Phase& phase, const Chunk<Real>& chunk, Method method, Live& live) {
  return method == Method::sweeps ? sweep(phase, chunk, live) : map_step(phase, chunk, live);
}

// The error that is left after a step of size `change`, when each step is `rate` times the one before.
double error_left(double change, double rate) { return rate < 1 ? change * rate / (1 - rate) : change; }

template <class Real, class Phase>
Settled iterate_sweeps(const Phase& phase, const Chunk<Real>& chunk, const SettleOptions& options, Live live,
                       double contraction) {
  Settled settled{0, 1, contraction, false};
  OverRelaxation relaxation(contraction, phase.circuit.symmetric() && !options.plain);
  while (settled.steps < options.steps && !settled.converged) {
    go_on_or_stop();
    ++settled.steps;
    const double change = sweep(phase, chunk, live, relaxation.factor());
    if (!std::isfinite(change)) return settled;
    relaxation.learn_from(change);
    const bool exact = change == 0 || (Phase::forwards && phase.circuit.feedforward());
    const bool known = relaxation.rate() > 0;
    settled.contraction = relaxation.contraction();
    settled.error = exact ? 0 : known ? error_left(change, relaxation.rate()) : change;
    settled.converged = exact || (known && relaxation.rate() < 1 && settled.error <= options.tolerance);
  }
  return settled;
}

template <class Real, class Phase>
Settled iterate_map(const Phase& phase, const Chunk<Real>& chunk, const SettleOptions& options, Live live,
                    double contraction) {
  Settled settled{0, 1, contraction, false};
  double last_change = 0;
  while (settled.steps < options.steps) {
    go_on_or_stop();
    ++settled.steps;
    const double change = map_step(options.ramped ? phase.at_step(settled.steps) : phase, chunk, live);
    if (!std::isfinite(change)) return settled;
    if (last_change > 0) settled.contraction = change / last_change;
    last_change = change;
    const bool known = settled.contraction > 0 || change == 0;
    settled.error = known ? error_left(change, settled.contraction) : change;
    settled.converged = known && settled.contraction < 1 && settled.error <= options.tolerance;
  }
  return settled;
}

template <class Real, class Phase>
Settled iterate(const Phase& phase, const Chunk<Real>& chunk, const SettleOptions& options, Live live,
                double contraction) {
  return options.method == Method::sweeps ? iterate_sweeps(phase, chunk, options, std::move(live), contraction)
                                          : iterate_map(phase, chunk, options, std::move(live), contraction);
}

template <class Real>
void zero(View<Real> v) {
  v.setZero();
}

}  // namespace

template <class Real>
Settled settle_free(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options) {
  for (Index p = 1; p < circuit.readout(); ++p) zero<Real>(chunk.view(chunk.bank(p).state));
  return iterate(FreeView<Real>{circuit}, chunk, options, Live(std::size_t(circuit.populations()), 0), 0.0);
}

template <class Real>
Settled settle_free_on(const Circuit<Real>& circuit, const Chunk<Real>& chunk, SettleOptions options) {
  options.plain = true;
  return iterate(FreeView<Real>{circuit}, chunk, options, Live(std::size_t(circuit.populations()), 1), 0.0);
}

template <class Real>
void release(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  for (Index p = 1; p < circuit.readout(); ++p) {
    zero<Real>(chunk.view(chunk.bank(p).difference));
    zero<Real>(chunk.view(chunk.bank(p).difference_drive));
  }
}

template <class Real>
void negate(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  for (Index p = 1; p < circuit.readout(); ++p) {
    chunk.view(chunk.bank(p).difference) *= Real(-1);
    chunk.view(chunk.bank(p).difference_drive) *= Real(-1);
  }
}

template <class Real>
Settled settle_clamped(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options,
                       double contraction) {
  const Live live(std::size_t(circuit.populations()), options.from_rest ? 0 : 1);
  return iterate(ClampedView<Real>{circuit}, chunk, options, live, contraction);
}

template <class Real>
std::vector<Ending> endings(const Circuit<Real>& circuit, const Chunk<Real>& chunk, bool clamped,
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
  for (Index p = 1; p < circuit.readout(); ++p) kept.push_back({drive(p), state(p)});
  Live live(std::size_t(circuit.populations()), 1);
  SettlingWatch<Real> watch(circuit, chunk, clamped, options.tolerance);
  watch.look(0);
  for (int i = 1; i <= 2; ++i) {
    if (clamped) {
      const ClampedView<Real> phase{circuit};
      iterate_once(options.ramped ? phase.at_step(options.steps) : phase, chunk, options.method, live);
    } else {
      iterate_once(FreeView<Real>{circuit}, chunk, options.method, live);
    }
    watch.look(i);
  }
  for (Index p = 1; p < circuit.readout(); ++p) {
    drive(p) = kept[std::size_t(p - 1)].drive;
    state(p) = kept[std::size_t(p - 1)].state;
  }
  std::vector<Ending> all;
  for (Index c = 0; c < chunk.count; ++c) all.push_back(watch.ending(c));
  return all;
}

#define SETTLE_INSTANTIATE(Real)                                                                                 \
  template Settled settle_free<Real>(const Circuit<Real>&, const Chunk<Real>&, const SettleOptions&);            \
  template Settled settle_free_on<Real>(const Circuit<Real>&, const Chunk<Real>&, SettleOptions);                \
  template void release<Real>(const Circuit<Real>&, const Chunk<Real>&);                                         \
  template void negate<Real>(const Circuit<Real>&, const Chunk<Real>&);                                          \
  template Settled settle_clamped<Real>(const Circuit<Real>&, const Chunk<Real>&, const SettleOptions&, double); \
  template std::vector<Ending> endings<Real>(const Circuit<Real>&, const Chunk<Real>&, bool, const SettleOptions&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
