// The silicon area of the chip, summed over its components.
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
  double area_m2;      // in proportion to a figure, which is nominal
  std::string figure;  // its key
};

/// The areas of cells (`cells_per_weight`: devices, and what they are compared with), of neurons with hold and
/// difference amplifier, of `sense_amplifiers`, of a driver for each line, of ADCs and of DACs. The digital host is in
/// host_area().
std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph,
                               double cells_per_weight = 2, double sense_amplifiers = 0);

/// The areas of the host's memory, of so many bytes, and of its lanes' arithmetic. What controls it is not included,
/// nor is a DRAM.
std::vector<AreaRow> host_area(const ChipSpec& chip, const CostSpec& cost, double memory_bytes);

}  // namespace settle
