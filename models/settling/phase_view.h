// The two phases as views of one circuit: which matrices of a bank's state a phase moves, what its lines carry, and
// what its reads are multiplied by. For the functions of phase.h alone.
#pragma once

#include <algorithm>
#include <vector>

#include "settle/models/circuit/circuit.h"
#include "settle/models/crossbar/device_current.h"
#include "settle/models/numeric/blas.h"

namespace settle {

/// Flags by population: whether its state can differ from zero yet. Products with zeros are left out.
using Live = std::vector<char>;

/// The sum of products that is a population's drive. With a relaxation of 1 the drive becomes the sum, and its old
/// value is not read. Otherwise the drive moves from its old value towards the sum, by `relaxation` times the distance
/// (OverRelaxation).
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
  void add(const Read<Real>& read, Real factor, ConstView<Real> x) {
    read.weights.add_product(read.side, relaxation_ * factor, x, empty_ ? 1 - relaxation_ : Real(1), into_);
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

/// The same columns, to be read alone.
template <class Real>
ConstView<Real> constant(View<Real> v) {
  return ConstView<Real>(v.data(), v.rows(), v.cols());
}

/// The free phase: moves drives and states, and reads have their own gains.
template <class Real>
struct FreeView {
  static constexpr bool forwards = true;  // the order in which the signal travels
  const Circuit<Real>& circuit;
  static constexpr Real external_times = 1;

  FreeView at_step(int) const { return *this; }
  static Matrix<Real>& external(BankState<Real>& b) { return b.external; }
  static Matrix<Real>& drive(BankState<Real>& b) { return b.drive; }
  static Matrix<Real>& state(BankState<Real>& b) { return b.state; }
  bool has_external(Index p) const { return circuit.has(Role::input, p); }
  // The values on the lines of population p, as the crossbars get them.
  ConstView<Real> carried(const Chunk<Real>& chunk, Index p) const {
    BankState<Real>& b = chunk.bank(p);
    const ConstView<Real> states = constant(chunk.view(b.state));
    if (circuit.curvature() == 0) return states;
    drive_line(circuit.curvature(), states, chunk.view(b.line));
    return constant(chunk.view(b.line));
  }
  double ratio(Index /*from*/, Index /*to*/) const { return 1.0; }

  Change<Real> respond(const Chunk<Real>& chunk, Index p) const {
    const Bank<Real>& bank = circuit.bank(p);
    BankState<Real>& b = chunk.bank(p);
    return bank.activation->apply(bank.parameters(), chunk.view(b.drive).data(), chunk.view(b.state).data(),
                                  bank.size(), chunk.count);
  }
  // The unit of changes: full scale.
  static Real unit(const Change<Real>&) { return Real(1); }
};

template <class Real>
struct ClampedView {
  static constexpr bool forwards = false;
  const Circuit<Real>& circuit;
  Real external_times = 1;

  // The clamped phase in one step of a ramp, with a nudge that counts `step` times.
  ClampedView at_step(int step) const { return {circuit, Real(step)}; }
  static Matrix<Real>& external(BankState<Real>& b) { return b.difference_external; }
  static Matrix<Real>& drive(BankState<Real>& b) { return b.difference_drive; }
  static Matrix<Real>& state(BankState<Real>& b) { return b.difference; }
  bool has_external(Index p) const {
    return circuit.has(Role::nudge, p) || circuit.clamped_lines() == ClampedLines::differences;
  }
  ConstView<Real> carried(const Chunk<Real>& chunk, Index p) const {
    BankState<Real>& b = chunk.bank(p);
    const Real signal = Real(circuit.signal(p));
    ConstView<Real> differences = constant(chunk.view(b.difference));
    if (b.line_offset.size() > 0) {
      chunk.view(b.line) = differences + (1 / signal) * chunk.view(b.line_offset);
      new (&differences) ConstView<Real>(constant(chunk.view(b.line)));
    }
    if (circuit.curvature() == 0) return differences;
    if (circuit.clamped_lines() == ClampedLines::states)
      drive_line_difference(circuit.curvature(), signal, constant(chunk.view(b.state)), differences,
                            chunk.view(b.line));
    else
      drive_line_amplified(circuit.curvature(), signal, differences, chunk.view(b.line));
    return constant(chunk.view(b.line));
  }
  double ratio(Index from, Index to) const { return circuit.ratio(from, to); }

  Change<Real> respond(const Chunk<Real>& chunk, Index p) const {
    const Bank<Real>& bank = circuit.bank(p);
    BankState<Real>& b = chunk.bank(p);
    return bank.activation->apply_difference(Real(circuit.signal(p)), bank.parameters(), chunk.view(b.drive).data(),
                                             chunk.view(b.state).data(), chunk.view(b.difference_drive).data(),
                                             chunk.view(b.difference).data(), bank.size(), chunk.count);
  }
  // The unit of changes: the population's largest difference.
  static Real unit(const Change<Real>& c) { return c.largest_value; }
};

/// Sums up what drives population p in a phase: what comes from outside, and the products of all reads whose drivers
/// are live.
template <class Real, class Phase>
void sum_drive(const Phase& phase, const Chunk<Real>& chunk, Index p, const Live& live, View<Real> into,
               Real relaxation = 1) {
  Sum<Real> sum(into, relaxation);
  if (phase.has_external(p)) sum.start_with(constant(chunk.view(Phase::external(chunk.bank(p)))), phase.external_times);
  for (const Read<Real>& read : phase.circuit.reads())
    if (read.role == Role::recurrent && read.sink == p && live[std::size_t(read.driver)])
      sum.add(read, Real(read.factor() * phase.ratio(read.driver, p)), phase.carried(chunk, read.driver));
  sum.finish();
}

}  // namespace settle
