// The silicon area of the chip, summed over its components.
#pragma once

#include <string>
#include <vector>

#include "settle/models/cost/chip_spec.h"
#include "settle/models/cost/cost_spec.h"
#include "settle/models/network/graph.h"

namespace settle {

struct AreaRow {
  std::string component;
  double count;
  double area_m2;      // in proportion to a figure, which is nominal
  std::string figure;  // its key
};

/// What else the area follows from.
struct AreaParts {
  double cells_per_weight = 2;  // devices, and what they are compared with
  double sense_amplifiers = 0;
  double decoded_lines = 0;        // word lines of all physical arrays that are selected one by one
  int adc_bits = 0, dac_bits = 0;  // charged_bits()
  bool subtractors = false;        // whether neurons hold drives and subtract states
  bool presets = false;            // whether each neuron has a DAC of its own
  double lock_in_phases = 0;       // for each of which a neuron has a capacitor to add its difference up
};

/// The areas of cells, of neurons with hold and difference amplifier, of sense amplifiers, of a driver for each line,
/// of decoders for the word lines of each physical array, of ADCs, of DACs, and of the links between them and the host.
/// The digital host is in host_area().
std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph,
                               const AreaParts& parts = {});

/// The areas of the host's memory, of so many bytes, and of its lanes' arithmetic. What controls it is not included,
/// nor is a DRAM.
std::vector<AreaRow> host_area(const ChipSpec& chip, const CostSpec& cost, double memory_bytes);

}  // namespace settle
