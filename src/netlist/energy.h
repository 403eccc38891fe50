// The energy of a sample's two phases of settling: what ngspice integrates, beside what the ledger has booked.
#pragma once

#include <string>
#include <vector>

#include "settle/models/cost/ledger.h"
#include "settle/models/numeric/matrix.h"

namespace settle {

/// What draws current together: its place in a deck, and the actions that are booked for it.
struct SupplyGroup {
  const char* name;
  const char* what;
  bool from_rail;  // otherwise a part of what others draw: what lines give to devices and wires
  std::vector<const Action*> actions;
};
const std::vector<SupplyGroup>& supply_groups();

/// What a ledger has booked for each group in the free and the clamped phase, in joules. Conversions, holds and the
/// host are not in it.
Vector<double> settling_energy_j(const Ledger& ledger);

/// By group.
struct EnergyComparison {
  Vector<double> spice_j, ledger_j;

  /// Of all that the rail supplies.
  double spice() const { return total(spice_j); }
  double ledger() const { return total(ledger_j); }
  double ratio() const { return spice() / ledger(); }

 private:
  static double total(const Vector<double>& joules);
};

}  // namespace settle
