#include "models/cost/host_cost.h"

#include <array>
#include <cstdlib>

namespace settle {
namespace {

// Stillmaker and Baas, Integration 2017: energy of a gate e = a V^2 + b V + c, in fJ, by node in nm.
struct Node {
  int nm;
  double a, b, c;
};
constexpr std::array<Node, 5> nodes = {{{65, 3.755, -4.398, 1.975},
                                        {45, 1.103, -0.362, 0.2767},
                                        {32, 0.9559, -0.7823, 0.471},
                                        {20, 0.373, -0.1582, 0.04104},
                                        {7, 0.1776, -0.09097, 0.02447}}};

const Node& nearest_node(std::int64_t nm) {
  const Node* best = &nodes[0];
  for (const Node& n : nodes)
    if (std::abs(n.nm - int(nm)) < std::abs(best->nm - int(nm))) best = &n;
  return *best;
}

double gate_energy(const Node& n, double volts) { return n.a * volts * volts + n.b * volts + n.c; }

}  // namespace

double digital_scale(const ChipSpec& chip) {
  return gate_energy(nearest_node(chip.node), chip.supply_v) / gate_energy(nearest_node(45), 0.9);
}

}  // namespace settle
