#include "settle/models/settling/relaxation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "settle/models/settling/loop_matrix.h"
#include "settle/models/settling/trajectory.h"
#include "settle/models/settling/transient.h"

namespace settle {
namespace {

constexpr int steps_per_tau = 20;
constexpr double held_taus = 5;

template <class Real>
States<Real> states_of(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  States<Real> states(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p) states[std::size_t(p)] = chunk.view(chunk.bank(p).state);
  return states;
}

// The rms over the hidden neurons, by sample.
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
Vector<double> relax(const Circuit<Real>& circuit, const Chunk<Real>& chunk, double most_taus) {
  if (!circuit.has_neurons()) return Vector<double>::Zero(chunk.count);
  const double slowest_s = circuit.longest_tau_s(), step_s = circuit.shortest_tau_s() / steps_per_tau;
  const int held_steps = int(held_taus * slowest_s / step_s);
  // what a lone membrane covers in a step, of what it would cover in a time constant of unchanged speed
  const double share = 1 - std::exp(-1.0 / steps_per_tau);

  reset(circuit, chunk);
  Transient<Real> transient(circuit);
  transient.start(chunk, /*clamped=*/false);
  std::vector<int> at_rest_since(std::size_t(chunk.count), 0);
  States<Real> last = states_of(circuit, chunk);
  const int most = int(most_taus * slowest_s / step_s);
  for (int step = 1; step <= most; ++step) {
    transient.step(step_s);
    States<Real> now = states_of(circuit, chunk);
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

template Vector<double> relax<float>(const Circuit<float>&, const Chunk<float>&, double);
template Vector<double> relax<double>(const Circuit<double>&, const Chunk<double>&, double);

}  // namespace settle
