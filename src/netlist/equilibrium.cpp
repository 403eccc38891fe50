#include "src/netlist/equilibrium.h"

#include "models/error.h"
#include "models/settling/phase.h"

namespace settle {

NodeValues solve_equilibria(const Loop<float>& loop, const Vector<double>& input, const Vector<double>& nudge) {
  constexpr SettleOptions exact{Method::sweeps, 1000, 1e-6};
  std::vector<BankState<float>> own(std::size_t(loop.populations()));
  std::vector<BankState<float>*> states(own.size(), nullptr);
  for (Index p = 1; p < loop.readout(); ++p) {
    own[std::size_t(p)].resize(loop.banks[std::size_t(p)]->size(), 1);
    states[std::size_t(p)] = &own[std::size_t(p)];
  }
  const Chunk<float> chunk{&states, 0, 1};
  const Matrix<float> x = input.cast<float>(), error = nudge.cast<float>();
  drive_from_input(loop, chunk, columns(x, 0, 1));
  const Settled free = settle_free(loop, chunk, exact);
  drive_from_nudge(loop, chunk, columns(error, 0, 1));
  const Settled clamped = settle_clamped(loop, chunk, exact, free.contraction);
  if (!free.converged || !clamped.converged)
    throw RunError("the network has no equilibrium that sweeps find, so there is none to compare: lower network.beta");
  return node_values(loop, chunk);
}

}  // namespace settle
