#include "models/settling/phase.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/crossbar/device_current.h"
#include "models/settling/settling_watch.h"

namespace settle {
namespace {

// Whether a population's state can be other than zero yet: products with zeros are left out.
using Live = std::vector<char>;

// Adds up products into a drive; the first one overwrites.
template <class Real>
class Sum {
 public:
  explicit Sum(View<Real> into) : into_(into) {}

  void start_with(ConstView<Real> constant, Real times) {
    if (times == 1) {
      into_ = constant;
    } else {
      into_ = times * constant;
    }
    empty_ = false;
  }
  void add(Op op, Real factor, const Matrix<Real>& matrix, ConstView<Real> state) {
    const ConstView<Real> m(matrix.data(), matrix.rows(), matrix.cols());
    gemm<Real>(op, Op::none, factor, m, state, empty_ ? Real(0) : Real(1), into_);
    empty_ = false;
  }
  void finish() {
    if (empty_) into_.setZero();
  }

 private:
  View<Real> into_;
  bool empty_ = true;
};

template <class Real>
ConstView<Real> constant(View<Real> v) {
  return ConstView<Real>(v.data(), v.rows(), v.cols());
}

template <class Real>
bool driven_by_input(const Loop<Real>& loop, Index p) {
  return std::any_of(loop.couplings.begin(), loop.couplings.end(),
                     [&](const auto& c) { return c.source == 0 && c.target == p; });
}

template <class Real>
bool nudged(const Loop<Real>& loop, Index p) {
  return std::any_of(loop.couplings.begin(), loop.couplings.end(),
                     [&](const auto& c) { return c.source == p && c.target == loop.readout() && c.backward; });
}

// What differs between the phases: which matrices of a bank's state they move, and by what the couplings are scaled.
template <class Real>
struct FreeView {
  static constexpr bool forwards = true;  // the order in which the signal travels
  const Loop<Real>& loop;
  static constexpr Real external_times = 1;

  FreeView at_step(int) const { return *this; }
  static Matrix<Real>& external(BankState<Real>& b) { return b.external; }
  static Matrix<Real>& drive(BankState<Real>& b) { return b.drive; }
  static Matrix<Real>& state(BankState<Real>& b) { return b.state; }
  bool has_external(Index p) const { return driven_by_input(loop, p); }
  // What the lines of population p carry to the crossbars.
  ConstView<Real> carried(const Chunk<Real>& chunk, Index p) const {
    BankState<Real>& b = chunk.bank(p);
    const ConstView<Real> states = constant(chunk.view(b.state));
    if (loop.curvature == 0) return states;
    drive_line(loop.curvature, states, chunk.view(b.line));
    return constant(chunk.view(b.line));
  }
  double ratio(Index /*from*/, Index /*to*/) const { return 1.0; }
  double scale(Index /*p*/) const { return 1.0; }

  Change<Real> respond(const Chunk<Real>& chunk, Index p) const {
    const Bank<Real>& bank = *loop.banks[std::size_t(p)];
    BankState<Real>& b = chunk.bank(p);
    return bank.activation->apply(bank.parameters(), chunk.view(b.drive).data(), chunk.view(b.state).data(),
                                  bank.size(), chunk.count);
  }
  // The unit in which a change is small: full scale.
  static Real unit(const Change<Real>&) { return Real(1); }
};

template <class Real>
struct ClampedView {
  static constexpr bool forwards = false;
  const Loop<Real>& loop;
  Real external_times = 1;

  // In this step of a ramp.
  ClampedView at_step(int step) const { return {loop, Real(step)}; }
  static Matrix<Real>& external(BankState<Real>& b) { return b.difference_external; }
  static Matrix<Real>& drive(BankState<Real>& b) { return b.difference_drive; }
  static Matrix<Real>& state(BankState<Real>& b) { return b.difference; }
  bool has_external(Index p) const { return nudged(loop, p); }
  ConstView<Real> carried(const Chunk<Real>& chunk, Index p) const {
    BankState<Real>& b = chunk.bank(p);
    const ConstView<Real> differences = constant(chunk.view(b.difference));
    if (loop.curvature == 0) return differences;
    drive_line_difference(loop.curvature, Real(loop.scale[std::size_t(p)]), constant(chunk.view(b.state)), differences,
                          chunk.view(b.line));
    return constant(chunk.view(b.line));
  }
  double ratio(Index from, Index to) const { return loop.ratio(from, to); }
  double scale(Index p) const { return loop.scale[std::size_t(p)]; }

  Change<Real> respond(const Chunk<Real>& chunk, Index p) const {
    const Bank<Real>& bank = *loop.banks[std::size_t(p)];
    BankState<Real>& b = chunk.bank(p);
    return bank.activation->apply_difference(
        Real(loop.scale[std::size_t(p)]), bank.parameters(), chunk.view(b.drive).data(), chunk.view(b.state).data(),
        chunk.view(b.difference_drive).data(), chunk.view(b.difference).data(), bank.size(), chunk.count);
  }
  // The unit in which a change is small: the population's largest difference.
  static Real unit(const Change<Real>& c) { return c.largest_value; }
};

template <class Real, class Phase>
void sum_drive(const Phase& phase, const Chunk<Real>& chunk, Index p, const Live& live, View<Real> into) {
  Sum<Real> sum(into);
  if (phase.has_external(p)) sum.start_with(constant(chunk.view(Phase::external(chunk.bank(p)))), phase.external_times);
  for (const Coupling<Real>& c : phase.loop.couplings) {
    if (!phase.loop.is_hidden(c.source) || !phase.loop.is_hidden(c.target)) continue;
    if (c.target == p && c.forward != nullptr && live[std::size_t(c.source)]) {
      sum.add(Op::none, Real(c.alpha * phase.ratio(c.source, p)), *c.forward, phase.carried(chunk, c.source));
    } else if (c.source == p && c.backward != nullptr && live[std::size_t(c.target)]) {
      sum.add(c.backward_op, Real(c.beta * phase.ratio(c.target, p)), *c.backward, phase.carried(chunk, c.target));
    }
  }
  sum.finish();
}

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

// What converters that drive `x` make the devices of the first arrays see.
template <class Real>
ConstView<Real> driven(const Loop<Real>& loop, ConstView<Real> x, Matrix<Real>& line) {
  if (loop.curvature == 0) return x;
  line.resize(x.rows(), x.cols());
  drive_line(loop.curvature, x, View<Real>(line.data(), line.rows(), line.cols()));
  return {line.data(), line.rows(), line.cols()};
}

template <class Real>
void zero(View<Real> v) {
  v.setZero();
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
Settled settle_free(const Loop<Real>& loop, const Chunk<Real>& chunk, const SettleOptions& options) {
  for (Index p = 1; p < loop.readout(); ++p) zero<Real>(chunk.view(chunk.bank(p).state));
  return iterate(FreeView<Real>{loop}, chunk, options, Live(std::size_t(loop.populations()), 0), 0.0);
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
  Live live(std::size_t(loop.populations()), 0);
  for (Index p = 1; p < loop.readout(); ++p)
    live[std::size_t(p)] = (chunk.view(chunk.bank(p).difference).array() != Real(0)).any();
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
  template void drive_from_input<Real>(const Loop<Real>&, const Chunk<Real>&, ConstView<Real>);                   \
  template Settled settle_free<Real>(const Loop<Real>&, const Chunk<Real>&, const SettleOptions&);                \
  template void read_logits<Real>(const Loop<Real>&, const Chunk<Real>&, View<Real>);                             \
  template void read_logits_difference<Real>(const Loop<Real>&, const Chunk<Real>&, View<Real>);                  \
  template void drive_from_nudge<Real>(const Loop<Real>&, const Chunk<Real>&, ConstView<Real>);                   \
  template void release<Real>(const Loop<Real>&, const Chunk<Real>&);                                             \
  template Settled settle_clamped<Real>(const Loop<Real>&, const Chunk<Real>&, const SettleOptions&, double);     \
  template void drive_from_residual<Real>(const Loop<Real>&, const Chunk<Real>&);                                 \
  template std::vector<Ending> endings<Real>(const Loop<Real>&, const Chunk<Real>&, bool, const SettleOptions&);  \
  template std::vector<MembraneStep<Real>> membrane_steps<Real>(const Loop<Real>&, double);                       \
  template void advance_free<Real>(const Loop<Real>&, const Chunk<Real>&, const std::vector<MembraneStep<Real>>&, \
                                   DriveHistory<Real>&);                                                          \
  template void advance_difference<Real>(const Loop<Real>&, const Chunk<Real>&,                                   \
                                         const std::vector<MembraneStep<Real>>&, DriveHistory<Real>&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
