#include "src/netlist/energy.h"

#include <algorithm>

#include "settle/models/cost/array_cost.h"
#include "settle/models/cost/converter_cost.h"
#include "settle/models/cost/hold_cost.h"
#include "settle/models/cost/neuron_cost.h"
#include "settle/models/cost/sense_cost.h"

namespace settle {

const std::vector<SupplyGroup>& supply_groups() {
  static const std::vector<SupplyGroup> groups = {
      {"currents", "array currents", true, {&action::array_read, &action::read_supply}},
      {"arrays", "  of it in the arrays", false, {&action::array_read}},
      {"charges", "line charges", true, {&action::line_charge}},
      {"drivers", "line driver bias", true, {&action::driver_bias}},
      {"dacs", "DAC references", true, {&action::dac_reference}},
      {"neurons", "neuron bias", true, {&action::neuron_bias}},
      {"subtractors", "subtractors", true, {&action::subtractor_bias}},
      {"sense", "sense amplifiers", true, {&action::sense_bias}},
      {"leakage", "leakage", true, {&action::leakage}},
  };
  return groups;
}

Vector<double> settling_energy_j(const Ledger& ledger) {
  const std::vector<SupplyGroup>& groups = supply_groups();
  Vector<double> joules = Vector<double>::Zero(Index(groups.size()));
  for (const Ledger::Row& row : ledger.rows()) {
    if (row.phase != Phase::free && row.phase != Phase::clamped) continue;
    for (std::size_t k = 0; k < groups.size(); ++k)
      if (std::count(groups[k].actions.begin(), groups[k].actions.end(), row.action) > 0)
        joules[Index(k)] += groups[k].from_rail ? row.energy.supplied : row.energy.dissipated;
  }
  return joules;
}

double EnergyComparison::total(const Vector<double>& joules) {
  double sum = 0;
  for (Index k = 0; k < joules.size(); ++k)
    if (supply_groups()[std::size_t(k)].from_rail) sum += joules[k];
  return sum;
}

}  // namespace settle
