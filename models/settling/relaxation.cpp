#include "models/settling/relaxation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/settling/loop_matrix.h"
#include "models/settling/phase.h"
#include "models/settling/trajectory.h"

namespace settle {
namespace {

constexpr int steps_per_tau = 20;
constexpr double held_taus = 5;

template <class Real>
void reset(const Loop<Real>& loop, const Chunk<Real>& chunk) {
  for (Index p = 1; p < loop.readout(); ++p) {
    const Bank<Real>& bank = *loop.banks[std::size_t(p)];
    BankState<Real>& b = chunk.bank(p);
    chunk.view(b.drive).setZero();
    bank.activation->apply(bank.parameters(), chunk.view(b.drive).data(), chunk.view(b.state).data(), bank.size(),
                           chunk.count);
  }
}

template <class Real>
States<Real> states_of(const Loop<Real>& loop, const Chunk<Real>& chunk) {
  States<Real> states(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p) states[std::size_t(p)] = chunk.view(chunk.bank(p).state);
  return states;
}

// rms over the hidden neurons, by sample.
template <class Real>
Vector<double> distance(const States<Real>& a, const States<Real>& b, Index samples) {
  Vector<double> squares = Vector<double>::Zero(samples);
  double neurons = 0;
  for (std::size_t p = 0; p < a.size(); ++p) {
    if (a[p].size() == 0) continue;
    squares += (a[p] - b[p]).template cast<double>().colwise().squaredNorm().transpose();
    neurons += double(a[p].rows());
  }
  return (squares / neurons).cwiseSqrt();
}

}  // namespace

template <class Real>
Vector<double> relax(const Loop<Real>& loop, const Chunk<Real>& chunk, double most_taus) {
  double tau_s = std::numeric_limits<double>::infinity(), slowest_s = 0;
  for (Index p = 1; p < loop.readout(); ++p) {
    tau_s = std::min(tau_s, double(loop.banks[std::size_t(p)]->tau_s.minCoeff()));
    slowest_s = std::max(slowest_s, double(loop.banks[std::size_t(p)]->tau_s.maxCoeff()));
  }
  const double step_s = tau_s / steps_per_tau;
  const int held_steps = int(held_taus * slowest_s / step_s);
  // what a lone membrane covers in a step, of what it would cover in a time constant of unchanged speed
  const double share = 1 - std::exp(-1.0 / steps_per_tau);

  reset(loop, chunk);
  const std::vector<MembraneStep<Real>> steps = membrane_steps(loop, step_s);
  DriveHistory<Real> drives;
  std::vector<int> at_rest_since(std::size_t(chunk.count), 0);
  States<Real> last = states_of(loop, chunk);
  const int most = int(most_taus * slowest_s / step_s);
  for (int step = 1; step <= most; ++step) {
    advance_free(loop, chunk, steps, drives);
    States<Real> now = states_of(loop, chunk);
    const Vector<double> speed = distance(now, last, chunk.count) / share;
    last = std::move(now);
    for (Index c = 0; c < chunk.count; ++c)
      if (!(speed[c] < settled_change)) at_rest_since[std::size_t(c)] = step;
    if (*std::max_element(at_rest_since.begin(), at_rest_since.end()) <= step - held_steps) break;
  }
  Vector<double> times(chunk.count);
  for (Index c = 0; c < chunk.count; ++c) {
    const int since = at_rest_since[std::size_t(c)];
    times[c] = since <= most - held_steps ? since * step_s : std::numeric_limits<double>::quiet_NaN();
  }
  return times;
}

template Vector<double> relax<float>(const Loop<float>&, const Chunk<float>&, double);
template Vector<double> relax<double>(const Loop<double>&, const Chunk<double>&, double);

}  // namespace settle
