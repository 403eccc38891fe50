#include "src/netlist/compare.h"

#include <cmath>
#include <stdexcept>

#include "settle/models/error.h"

namespace settle {
namespace {

void note(Largest& largest, const std::vector<Node>& nodes, const Vector<double>& difference, double time_s = 0) {
  Index where = 0;
  if (!difference.allFinite()) throw std::logic_error("a difference to ngspice is not finite");
  const double most = difference.cwiseAbs().maxCoeff(&where);
  if (most > largest.difference || largest.node.empty()) largest = {most, nodes[std::size_t(where)].name, time_s};
}

// Each population's largest magnitude, at each of its nodes.
Vector<double> largest_of_population(const std::vector<Node>& nodes, const Vector<double>& values) {
  Vector<double> most(Index(nodes.back().population) + 1);
  most.setZero();
  for (Index i = 0; i < values.size(); ++i) {
    double& own = most[nodes[std::size_t(i)].population];
    own = std::max(own, std::abs(values[i]));
  }
  Vector<double> at_nodes(values.size());
  for (Index i = 0; i < values.size(); ++i) at_nodes[i] = most[nodes[std::size_t(i)].population];
  return at_nodes;
}

}  // namespace

NetlistComparison compare(const std::vector<Node>& nodes, const SpiceResult& spice, const NodeValues& equilibria,
                          const RecordedPhase& free, const RecordedPhase& clamped) {
  Vector<double> unit_v(Index(nodes.size()));
  for (Index i = 0; i < unit_v.size(); ++i) unit_v[i] = nodes[std::size_t(i)].unit_v;
  const auto in_units = [&](const Vector<double>& volts) -> Vector<double> { return volts.cwiseQuotient(unit_v); };

  const double end_s = free.end_s() + clamped.end_s();
  if (spice.time_s.back() < end_s * (1 - 1e-9))
    throw RunError("ngspice's transient stops before the clamped phase ends");
  NetlistComparison result;
  note(result.free, nodes, in_units(spice.free) - equilibria.free);
  note(result.clamped, nodes, in_units(spice.clamped) - equilibria.clamped);
  Vector<double> before = spice.free;
  for (Index i = 0; i < before.size(); ++i)
    if (nodes[std::size_t(i)].starts_anew) before[i] = 0;
  const Vector<double> signal = in_units(spice.clamped - before) - equilibria.difference;
  const Vector<double> scale = largest_of_population(nodes, equilibria.difference);
  note(result.signal, nodes, (scale.array() > 0).select(signal.cwiseQuotient(scale), 0.0));
  for (std::size_t k = 0; k < free.time_s.size(); ++k)
    note(result.free_transient, nodes, in_units(spice.at(free.time_s[k])) - free.values[k], free.time_s[k]);
  // lines that start anew are on their way to zero when the phase begins
  const bool anew = nodes.front().starts_anew;
  for (std::size_t k = anew ? 1 : 0; k < clamped.time_s.size(); ++k)
    note(result.clamped_transient, nodes, in_units(spice.at(free.end_s() + clamped.time_s[k])) - clamped.values[k],
         clamped.time_s[k]);
  return result;
}

}  // namespace settle
