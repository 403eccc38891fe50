#include "settle/models/cost/digital_scale.h"

#include <array>
#include <cmath>
#include <sstream>

#include "settle/models/error.h"

namespace settle {
namespace {

// Stillmaker and Baas, Integration 58 (2017): energy of a gate e = a V^2 + b V + c, in fJ, and area relative to 45 nm,
// by node in nm. 65 nm bulk, 45 and 32 nm low power, from 20 nm on multi-gate high performance.
struct Node {
  double nm, a, b, c, area, low_v, nominal_v;
};
// low_v: the fit of 65 nm has its least energy at 0.586 V, and means nothing below; the others' lie far below 0.5 V,
// which is where SRAM ends. nominal_v: of the predictive models (PTM) that were fitted.
constexpr std::array<Node, 8> nodes = {{{7, 0.1776, -0.09097, 0.02447, 0.059, 0.5, 0.7},
                                        {10, 0.2068, -0.09311, 0.02375, 0.1, 0.5, 0.75},
                                        {14, 0.2363, -0.09675, 0.02239, 0.17, 0.5, 0.8},
                                        {16, 0.2958, -0.1241, 0.03024, 0.19, 0.5, 0.85},
                                        {20, 0.373, -0.1582, 0.04104, 0.21, 0.5, 0.9},
                                        {32, 0.9559, -0.7823, 0.471, 0.46, 0.5, 1.0},
                                        {45, 1.103, -0.362, 0.2767, 1, 0.5, 1.1},
                                        {65, 3.755, -4.398, 1.975, 1.5, 0.6, 1.1}}};
constexpr double above_nominal = 1.2;

double gate_energy(const Node& n, double volts) { return n.a * volts * volts + n.b * volts + n.c; }

// `of` a node, between two nodes of the table on the line through the logarithms of both.
template <class Of>
double interpolated(std::int64_t nm, const Of& of) {
  std::size_t k = 1;
  while (k + 1 < nodes.size() && nodes[k].nm < double(nm)) ++k;
  const Node &below = nodes[k - 1], &above = nodes[k];
  const double share = std::log(double(nm) / below.nm) / std::log(above.nm / below.nm);
  return std::exp((1 - share) * std::log(of(below)) + share * std::log(of(above)));
}

void require(const ChipSpec& chip) {
  const DigitalProblem problem = digital_problem(chip);
  if (!problem.key.empty()) throw InputError("chip." + problem.key + " " + problem.what);
}

bool in_table(std::int64_t node) { return double(node) >= nodes.front().nm && double(node) <= nodes.back().nm; }

}  // namespace

SupplyRange supply_range(std::int64_t node) {
  return {interpolated(node, [](const Node& n) { return n.low_v; }),
          above_nominal * interpolated(node, [](const Node& n) { return n.nominal_v; })};
}

DigitalProblem digital_problem(const ChipSpec& chip) {
  std::ostringstream what;
  if (!in_table(chip.node)) {
    what << "must be from " << nodes.front().nm << " to " << nodes.back().nm << ", not " << chip.node;
    return {"node", what.str()};
  }
  const SupplyRange range = supply_range(chip.node);
  constexpr double rounding = 1e-9;
  if (chip.supply_v >= range.low_v - rounding && chip.supply_v <= range.high_v + rounding) return {};
  what.precision(3);
  what << "must be from " << range.low_v << " to " << range.high_v << " V at chip.node = " << chip.node << ", not "
       << chip.supply_v;
  return {"supply_v", what.str()};
}

double digital_scale(const ChipSpec& chip) {
  require(chip);
  const auto energy_at = [](double volts) { return [volts](const Node& n) { return gate_energy(n, volts); }; };
  return interpolated(chip.node, energy_at(chip.supply_v)) / interpolated(45, energy_at(0.9));
}

double digital_area_scale(const ChipSpec& chip) {
  if (!in_table(chip.node)) require(chip);
  return interpolated(chip.node, [](const Node& n) { return n.area; });
}

}  // namespace settle
