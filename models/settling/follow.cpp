#include "settle/models/settling/follow.h"

#include <algorithm>
#include <cmath>

#include "settle/models/settling/loop_matrix.h"
#include "settle/models/settling/phase.h"
#include "settle/models/settling/transient.h"

namespace settle {
namespace {

// Steps in a time constant of the fastest neuron: at first, and once what is left is slow, or goes on for ever.
constexpr int fine_steps = 10, coarse_steps = 4;
constexpr int fine_taus = 20, most_followed_taus = 1000;
// speeds of membranes, in full scales a time constant: slow enough to solve from, and so slow that they are at rest
constexpr double slow = 0.02, at_rest = 1e-5;
constexpr double reach = 0.1;        // how far an equilibrium is from there, in full scales, of any state
constexpr double same_state = 1e-2;  // rms distance of states that count as one

using Columns = std::vector<Index>;

template <class Real>
using Member = Matrix<Real> BankState<Real>::*;

template <class Real>
States<Real> copy_of(const Circuit<Real>& circuit, CircuitState<Real>& states, Member<Real> member) {
  States<Real> all(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p) all[std::size_t(p)] = states.bank(p).*member;
  return all;
}

// The free phase of some columns of `from`, by themselves.
template <class Real>
CircuitState<Real> pick(const Circuit<Real>& circuit, const CircuitState<Real>& from, const Columns& chosen) {
  CircuitState<Real> picked(circuit, Index(chosen.size()));
  for (Index p = 1; p < circuit.readout(); ++p)
    for (const Member<Real> member : {&BankState<Real>::external, &BankState<Real>::drive, &BankState<Real>::state})
      for (std::size_t c = 0; c < chosen.size(); ++c)
        (picked.bank(p).*member).col(Index(c)) = (from.bank(p).*member).col(chosen[c]);
  return picked;
}

template <class Real>
void put_back(const Circuit<Real>& circuit, const CircuitState<Real>& from, Index column, CircuitState<Real>& to,
              Index to_column) {
  for (Index p = 1; p < circuit.readout(); ++p)
    for (const Member<Real> member : {&BankState<Real>::drive, &BankState<Real>::state})
      (to.bank(p).*member).col(to_column) = (from.bank(p).*member).col(column);
}

// The largest distance of any neuron, by sample; NaN where one is.
template <class Real>
Vector<double> distances(const States<Real>& a, const States<Real>& b, Index samples) {
  Vector<double> largest = Vector<double>::Zero(samples);
  for (std::size_t p = 0; p < a.size(); ++p)
    for (Index c = 0; c < samples && a[p].size() > 0; ++c) {
      const double distance = double((a[p].col(c) - b[p].col(c)).template lpNorm<Eigen::Infinity>());
      largest[c] = distance > largest[c] || std::isnan(distance) ? distance : largest[c];
    }
  return largest;
}

// Samples that have come to rest leave the others, so that a slow one does not hold up a chunk.
template <class Real>
class Follower {
 public:
  Follower(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options)
      : circuit_(circuit),
        chunk_(chunk),
        options_(options),
        fast_taus_of_a_look_(std::max(1, int(std::lround(circuit.longest_tau_s() / circuit.shortest_tau_s())))) {
    options_.method = Method::sweeps;
  }

  Settled run() {
    Columns moving;
    for (Index c = 0; c < chunk_.count; ++c) moving.push_back(chunk_.first + c);
    for (double speed = slow; speed >= at_rest && !moving.empty(); speed /= 4) moving = solve(run_until(speed, moving));
    // sweeps need not converge where a circuit rests; then it stays there
    const bool all_rest = lost_ == 0 && (moving.empty() || at_rest <= options_.tolerance);
    return {int(std::lround(steps_ / double(std::max<Index>(chunk_.count, 1)))), 0, 0, all_rest};
  }

 private:
  // Lets time pass for some columns until nothing of a sample has been faster than this for a time constant of the
  // slowest neuron. Returns those that came to that.
  Columns run_until(double speed, Columns moving) {
    Columns slow_ones;
    CircuitState<Real> states = pick(circuit_, *chunk_.states, moving);
    for (int look = 0; look < most_followed_taus && !moving.empty(); ++look) {
      const int steps_of_a_tau = look < fine_taus ? fine_steps : coarse_steps;
      const int steps = fast_taus_of_a_look_ * steps_of_a_tau;
      const double step_s = circuit_.shortest_tau_s() / steps_of_a_tau;
      // what a lone membrane covers in a step, of what it would cover in a time constant of unchanged speed
      const double share = 1 - std::exp(-1.0 / steps_of_a_tau);
      Transient<Real> transient(circuit_);
      transient.start(states.all(), /*clamped=*/false);
      const States<Real> before = copy_of(circuit_, states, &BankState<Real>::drive);
      for (int i = 1; i < steps; ++i) transient.step(step_s);
      const States<Real> last = copy_of(circuit_, states, &BankState<Real>::drive);
      transient.step(step_s);
      const States<Real> now = copy_of(circuit_, states, &BankState<Real>::drive);
      steps_ += double(steps) * double(moving.size());
      const Vector<double> in_a_tau = distances(now, before, states.samples()),
                           in_a_step = distances(now, last, states.samples());
      Columns left, places;
      for (std::size_t c = 0; c < moving.size(); ++c) {
        put_back(circuit_, states, Index(c), *chunk_.states, moving[c]);
        const bool is_slow = in_a_tau[Index(c)] < speed && in_a_step[Index(c)] < speed * share;
        if (!is_slow) places.push_back(Index(c));
        (is_slow ? slow_ones : left).push_back(moving[c]);
      }
      if (left.size() < moving.size()) states = pick(circuit_, states, places);
      moving = left;
    }
    lost_ += moving.size();
    return slow_ones;
  }

  // Solves from where the circuit is. Returns the columns where that ends too far away, or nowhere; they are left where
  // they were.
  Columns solve(const Columns& resting) {
    if (resting.empty()) return {};
    CircuitState<Real> states = pick(circuit_, *chunk_.states, resting);
    const States<Real> from = copy_of(circuit_, states, &BankState<Real>::state);
    const Settled settled = settle_free_on(circuit_, states.all(), options_);
    steps_ += double(settled.steps) * double(resting.size());
    const States<Real> solved = copy_of(circuit_, states, &BankState<Real>::state);
    const Vector<double> moved = distances(solved, from, states.samples());
    Vector<double> moving = Vector<double>::Zero(states.samples());
    if (!settled.converged) {  // some of them
      SettleOptions once = options_;
      once.steps = 1;
      settle_free_on(circuit_, states.all(), once);
      moving = distances(copy_of(circuit_, states, &BankState<Real>::state), solved, states.samples());
    }
    Columns rest;
    for (std::size_t c = 0; c < resting.size(); ++c)
      if (moved[Index(c)] <= reach && moving[Index(c)] <= 0.1 * options_.tolerance)
        put_back(circuit_, states, Index(c), *chunk_.states, resting[c]);
      else
        rest.push_back(resting[c]);
    return rest;
  }

  const Circuit<Real>& circuit_;
  const Chunk<Real>& chunk_;
  SettleOptions options_;
  int fast_taus_of_a_look_;  // one of the slowest
  double steps_ = 0;         // of all samples
  std::size_t lost_ = 0;     // samples that have not come to rest
};

}  // namespace

template <class Real>
Settled follow_free(const Circuit<Real>& circuit, const Chunk<Real>& chunk, const SettleOptions& options) {
  if (!circuit.has_neurons()) return {0, 0, 0, true};
  return Follower<Real>(circuit, chunk, options).run();
}

template <class Real>
Index count_elsewhere(const Circuit<Real>& circuit, CircuitState<Real>& solved, const std::vector<Index>& samples,
                      const SettleOptions& options) {
  const auto count = Index(samples.size());
  CircuitState<Real> own(circuit, count);
  for (Index p = 1; p < circuit.readout(); ++p)
    for (Index c = 0; c < count; ++c)
      own.bank(p).external.col(c) = solved.bank(p).external.col(samples[std::size_t(c)]);
  reset(circuit, own.all());
  follow_free(circuit, own.all(), options);
  Vector<double> squares = Vector<double>::Zero(count);
  double neurons = 0;
  for (Index p = 1; p < circuit.readout(); ++p) {
    for (Index c = 0; c < count; ++c)
      squares[c] +=
          double((own.bank(p).state.col(c) - solved.bank(p).state.col(samples[std::size_t(c)])).squaredNorm());
    neurons += double(circuit.size(p));
  }
  return (squares.array() > same_state * same_state * neurons).count();
}

#define SETTLE_INSTANTIATE(Real)                                                                             \
  template Settled follow_free<Real>(const Circuit<Real>&, const Chunk<Real>&, const SettleOptions&);        \
  template Index count_elsewhere<Real>(const Circuit<Real>&, CircuitState<Real>&, const std::vector<Index>&, \
                                       const SettleOptions&);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
