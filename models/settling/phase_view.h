// What the two phases differ in: which matrices of a bank's state they move, what travels on the lines, and by what the
// couplings are scaled. For the functions of phase.h alone.
#pragma once

#include <algorithm>
#include <vector>

#include "models/crossbar/device_current.h"
#include "models/settling/loop.h"

namespace settle {

// Whether a population's state can be other than zero yet: products with zeros are left out.
using Live = std::vector<char>;

// Adds up products into a drive, which goes the way from what it was to their sum `relaxation` times: with 1, it is the
// sum, and what it was is not read.
template <class Real>
class Sum {
 public:
  explicit Sum(View<Real> into, Real relaxation = 1) : into_(into), relaxation_(relaxation) {}

  void start_with(ConstView<Real> constant, Real times) {
    if (relaxation_ != 1) {
      into_ = (1 - relaxation_) * into_ + (relaxation_ * times) * constant;
    } else if (times == 1) {
      into_ = constant;
    } else {
      into_ = times * constant;
    }
    empty_ = false;
  }
  void add(Op op, Real factor, const Matrix<Real>& matrix, ConstView<Real> state) {
    const ConstView<Real> m(matrix.data(), matrix.rows(), matrix.cols());
    gemm<Real>(op, Op::none, relaxation_ * factor, m, state, empty_ ? 1 - relaxation_ : Real(1), into_);
    empty_ = false;
  }
  void finish() {
    if (empty_) into_.setZero();
  }

 private:
  View<Real> into_;
  Real relaxation_;
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
void sum_drive(const Phase& phase, const Chunk<Real>& chunk, Index p, const Live& live, View<Real> into,
               Real relaxation = 1) {
  Sum<Real> sum(into, relaxation);
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

}  // namespace settle
