#include "settle/models/settling/trajectory.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "settle/models/settling/loop_matrix.h"

namespace settle {
namespace {

template <class Real>
Vector<double> squared_norms(const States<Real>& states, Index samples) {
  Vector<double> sum = Vector<double>::Zero(samples);
  for (const Matrix<Real>& m : states)
    if (m.size() > 0) sum += m.template cast<double>().colwise().squaredNorm().transpose();
  return sum;
}

// Makes each sample's vector a unit vector, and returns the logarithm of what its length was.
template <class Real>
Vector<double> normalise(States<Real>& v, Index samples) {
  const Vector<double> length = squared_norms(v, samples).cwiseSqrt();
  const Vector<Real> factor = (length.array() > 0).select(1 / length.array(), 0.0).matrix().template cast<Real>();
  for (Matrix<Real>& m : v)
    if (m.size() > 0) m = m * factor.asDiagonal();
  return length.array().log();
}

// A random unit vector, the same for every sample.
template <class Real>
States<Real> random_direction(const Circuit<Real>& circuit, Index samples, const Stream& stream) {
  States<Real> v = zero_states(circuit, samples);
  for (Index p = 1; p < circuit.readout(); ++p) {
    Vector<float> normal(circuit.bank(p).size());
    fill_normal(stream, std::uint64_t(p), 0, normal.data(), normal.size());
    v[std::size_t(p)].colwise() = normal.template cast<Real>();
  }
  normalise(v, samples);
  return v;
}

// The map at s[t], with the room for its next step.
template <class Real>
struct Map {
  const Circuit<Real>& circuit;
  const Chunk<Real>& chunk;
  States<Real> state, drive, next;

  Map(const Circuit<Real>& l, const Chunk<Real>& c)
      : circuit(l), chunk(c), state(zero_states(l, c.count)), drive(state), next(state) {}

  // next <- f(M line(state) + external)
  void step() {
    States<Real> carried(state.size());
    for (Index p = 1; p < circuit.readout(); ++p) {
      const auto i = std::size_t(p);
      carried[i] = line_of(circuit, state[i]);
      drive[i] = chunk.view(chunk.bank(p).external);
    }
    add_product(circuit, Op::none, carried, drive);
    for (Index p = 1; p < circuit.readout(); ++p) {
      const auto i = std::size_t(p);
      const Bank<Real>& bank = circuit.bank(p);
      bank.activation->apply(bank.parameters(), drive[i].data(), next[i].data(), bank.size(), chunk.count);
    }
  }

  // v <- J v at `state`, from which `next` came: diag(slope) M diag(dline/ds)
  void push(States<Real>& v) const {
    States<Real> pushed = zero_states(circuit, chunk.count);
    for (Index p = 1; p < circuit.readout() && circuit.curvature() != 0; ++p)
      v[std::size_t(p)].array() *= line_slope_of(circuit, state[std::size_t(p)]).array();
    add_product(circuit, Op::none, v, pushed);
    for (Index p = 1; p < circuit.readout(); ++p) {
      const auto i = std::size_t(p);
      v[i] = slopes_of(circuit.bank(p), drive[i], next[i]).cwiseProduct(pushed[i]);
    }
  }
};

}  // namespace

template <class Real>
Trajectory follow_map(const Circuit<Real>& circuit, const Chunk<Real>& chunk, Index steps, const Stream& perturbation) {
  const Index samples = chunk.count;
  Trajectory result;
  for (Matrix<double>* m : {&result.rms, &result.largest, &result.rms_of_two}) m->setZero(steps + 1, samples);
  Vector<double> stretch = Vector<double>::Zero(samples);
  States<Real> v = random_direction(circuit, samples, perturbation);
  Map<Real> map(circuit, chunk);
  States<Real> last = map.state, change = map.state, change_of_two = map.state;
  double neurons = 0;
  for (Index p = 1; p < circuit.readout(); ++p) neurons += double(circuit.bank(p).size());

  for (Index t = 0; t <= steps; ++t) {
    map.step();
    if (t > 0) {
      map.push(v);
      stretch += normalise(v, samples);
    }
    for (Index p = 1; p < circuit.readout(); ++p) {
      const auto i = std::size_t(p);
      change[i] = map.next[i] - map.state[i];
      change_of_two[i] = map.next[i] - last[i];
      result.largest.row(t) =
          result.largest.row(t).cwiseMax(change[i].cwiseAbs().colwise().maxCoeff().template cast<double>());
    }
    if (neurons == 0) continue;  // nothing moves
    result.rms.row(t) = (squared_norms(change, samples) / neurons).cwiseSqrt();
    result.rms_of_two.row(t) = (squared_norms(change_of_two, samples) / neurons).cwiseSqrt();
    std::swap(last, map.state);
    std::swap(map.state, map.next);
  }
  result.lyapunov = stretch / double(steps);
  return result;
}

Index convergence_step(const Trajectory& trajectory, Index sample) {
  Index t = trajectory.rms.rows();
  while (t > 0 && trajectory.rms(t - 1, sample) < settled_change) --t;
  return t < trajectory.rms.rows() ? t : -1;
}

Ending ending(const Trajectory& trajectory, Index sample) {
  if (convergence_step(trajectory, sample) >= 0) return Ending::settled;
  const Index last = trajectory.steps();
  const double change = trajectory.rms(last, sample);
  if (!std::isfinite(change)) return Ending::diverged;
  // a slow approach that alternates has small changes over two steps too, but its changes shrink
  const bool returns = trajectory.rms_of_two(last, sample) < std::min(settled_change, 0.01 * change);
  const bool lasts = change > 0.9 * trajectory.rms(last / 2, sample);
  return returns && lasts ? Ending::cycle : Ending::neither;
}

double late_contraction(const Trajectory& trajectory, Index sample) {
  const Index converged = convergence_step(trajectory, sample);
  const Index end = converged >= 0 ? converged : trajectory.steps();
  const Index way = end / 4 * 2;  // even, as the changes of a layered net alternate
  if (way == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::pow(trajectory.rms(end, sample) / trajectory.rms(end - way, sample), 1 / double(way));
}

template Trajectory follow_map<float>(const Circuit<float>&, const Chunk<float>&, Index, const Stream&);
template Trajectory follow_map<double>(const Circuit<double>&, const Chunk<double>&, Index, const Stream&);

}  // namespace settle
