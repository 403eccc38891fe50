#include "models/cost/area.h"

namespace settle {

std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph, double cells_per_weight,
                               double sense_amplifiers) {
  double cells = 0, neurons = 0, converters = 0, lines = 0;
  for (const Projection& p : graph.projections) {
    cells += cells_per_weight * double(graph.connection(p)->cells()) *
             (graph.has_own_feedback() && p.forward && p.backward ? 2 : 1);
    const auto connection = graph.connection(p);
    lines += double((p.forward ? connection->word_lines() : 0) + (p.backward ? connection->bit_lines() : 0));
  }
  const auto adcs = [&](Index columns) { return double((columns + chip.adc_columns - 1) / chip.adc_columns); };
  for (Index p = 1; p <= graph.readout(); ++p) {
    if (graph.is_hidden(p)) neurons += double(graph.population(p).size);
    converters += adcs(graph.population(p).size);
  }
  const double dacs = double(graph.population(0).size + graph.population(graph.readout()).size);
  constexpr double square_um = 1e-12;
  const double square_m = double(chip.node) * double(chip.node) * 1e-18;
  return {
      {"cells", cells, cost.cell_area_f2[1] * cells * square_m, "cost.cell_area_f2"},
      {"neurons", neurons, cost.neuron_area_um2[1] * neurons * square_um, "cost.neuron_area_um2"},
      {"hold and difference amplifiers", neurons, cost.hold_area_um2[1] * neurons * square_um, "cost.hold_area_um2"},
      {"sense amplifiers", sense_amplifiers, cost.sense_area_um2[1] * sense_amplifiers * square_um,
       "cost.sense_area_um2"},
      {"line drivers", lines, cost.driver_area_um2[1] * lines * square_um, "cost.driver_area_um2"},
      {"ADCs", converters, cost.adc_area_um2[1] * converters * square_um, "cost.adc_area_um2"},
      {"DACs", dacs, cost.dac_area_um2[1] * dacs * square_um, "cost.dac_area_um2"}};
}

std::vector<AreaRow> host_area(const ChipSpec& chip, const CostSpec& cost, double memory_bytes) {
  return {{"host memory", 8 * memory_bytes, sram_area_m2(chip, cost, memory_bytes), "cost.sram_bit_area_um2"},
          {"host logic", double(chip.host_lanes), host_logic_area_m2(chip, cost), "cost.host_lane_area_um2"}};
}

}  // namespace settle
