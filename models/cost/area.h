// The silicon area of the chip's analog part, summed over its components.
#pragma once

#include <string>
#include <vector>

#include "models/cost/chip_spec.h"
#include "models/cost/cost_spec.h"
#include "models/network/graph.h"

namespace settle {

struct AreaRow {
  std::string component;
  double count;
  Estimate area_m2;
};

/// The areas of cells (`cells_per_weight`: devices, and what they are compared with), of neurons with hold and
/// difference amplifier, of ADCs and of DACs. The digital host is not included.
std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph,
                               double cells_per_weight = 2);

}  // namespace settle
