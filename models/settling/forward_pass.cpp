#include "settle/models/settling/forward_pass.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "settle/models/settling/phase_view.h"
#include "settle/models/settling/transient.h"

namespace settle {
namespace {

constexpr int forward_steps_per_tau = 20;
constexpr double most_forward_taus = 100;

}  // namespace

template <class Real>
void forward_sweep(const Circuit<Real>& circuit, const Chunk<Real>& chunk) {
  const FreeView<Real> phase{circuit};
  Live live(std::size_t(circuit.populations()), 0);  // what is not live yet is behind
  for (Index p = 1; p < circuit.readout(); ++p) {
    sum_drive(phase, chunk, p, live, chunk.view(chunk.bank(p).drive));
    phase.respond(chunk, p);
    live[std::size_t(p)] = 1;
  }
}

template <class Real>
double forward_pass(const Circuit<Real>& circuit, CircuitState<Real>& states, double accuracy) {
  const Chunk<Real> all = states.all();
  forward_sweep(circuit, all);
  std::vector<Matrix<Real>> goal(std::size_t(circuit.populations()));
  for (Index p = 1; p < circuit.readout(); ++p) goal[std::size_t(p)] = states.bank(p).state;
  const auto arrived = [&] {
    for (Index p = 1; p < circuit.readout(); ++p) {
      const Matrix<Real> left = states.bank(p).state - goal[std::size_t(p)];
      const double most = accuracy * std::sqrt(double(left.rows()));
      if (!(double(left.colwise().norm().maxCoeff()) <= most)) return false;
    }
    return true;
  };
  const double step_s = circuit.shortest_tau_s() / forward_steps_per_tau;
  const int most = int(std::min(1e6, most_forward_taus * circuit.longest_tau_s() / step_s));
  reset(circuit, all);
  Transient<Real> transient(circuit);
  transient.take_feedback(false);
  transient.start(all, /*clamped=*/false);
  int steps = 0;
  for (; steps < most && !arrived(); ++steps) transient.step(step_s);
  return steps * step_s;
}

#define SETTLE_INSTANTIATE(Real)                                               \
  template void forward_sweep<Real>(const Circuit<Real>&, const Chunk<Real>&); \
  template double forward_pass<Real>(const Circuit<Real>&, CircuitState<Real>&, double);
SETTLE_INSTANTIATE(float)
SETTLE_INSTANTIATE(double)
#undef SETTLE_INSTANTIATE

}  // namespace settle
