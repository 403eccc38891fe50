// The parts of the chip that cost something: the table of their figures and actions.
//
// A new part is one file, with its figures and their rows, its actions and its formulas, and its name in this table.
#pragma once

#include <vector>

#include "settle/models/cost/array_cost.h"
#include "settle/models/cost/converter_cost.h"
#include "settle/models/cost/hold_cost.h"
#include "settle/models/cost/host_cost.h"
#include "settle/models/cost/link_cost.h"
#include "settle/models/cost/memory_cost.h"
#include "settle/models/cost/neuron_cost.h"
#include "settle/models/cost/sense_cost.h"
#include "settle/models/cost/write_cost.h"

namespace settle {

/// The figures of several parts of a chip as one section: rows and actions of all of them.
template <class... Part>
struct CostTable : Part... {
  Parameters rows() {
    Parameters all;
    (append(all, parameters(static_cast<Part&>(*this))), ...);
    return all;
  }
  static std::vector<const Action*> actions() {
    std::vector<const Action*> all;
    (append(all, Part::actions()), ...);
    return all;
  }

 private:
  template <class List>
  static void append(List& all, const List& more) {
    all.insert(all.end(), more.begin(), more.end());
  }
};

/// The section [cost]: areas and energies of the chip's parts, on which nothing but cost depends. Estimates of this
/// project unless an action's source says otherwise.
struct CostSpec
    : CostTable<ArrayCost, NeuronCost, SenseCost, HoldCost, ConverterCost, WriteCost, LinkCost, HostCost, MemoryCost> {
};

inline Parameters parameters(CostSpec& s) { return s.rows(); }

/// All actions.
inline std::vector<const Action*> actions() { return CostSpec::actions(); }

}  // namespace settle
