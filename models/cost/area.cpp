#include "models/cost/area.h"

namespace settle {

std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph,
                               double cells_per_weight) {
  double cells = 0, neurons = 0, converters = 0;
  for (const Projection& p : graph.projections) {
    cells += cells_per_weight * double(graph.connection(p)->cells()) *
             (graph.has_own_feedback() && p.forward && p.backward ? 2 : 1);
  }
  const auto adcs = [&](Index columns) { return double((columns + chip.adc_columns - 1) / chip.adc_columns); };
  for (Index p = 1; p <= graph.readout(); ++p) {
    if (graph.is_hidden(p)) neurons += double(graph.population(p).size);
    converters += adcs(graph.population(p).size);
  }
  const double dacs = double(graph.population(0).size + graph.population(graph.readout()).size);
  const double square_m = double(chip.node) * double(chip.node) * 1e-18;
  return {{"cells", cells, cost.cell_area_f2 * (cells * square_m)},
          {"neurons", neurons, cost.neuron_area_um2 * (neurons * 1e-12)},
          {"hold and difference amplifiers", neurons, cost.hold_area_um2 * (neurons * 1e-12)},
          {"ADCs", converters, cost.adc_area_um2 * (converters * 1e-12)},
          {"DACs", dacs, cost.dac_area_um2 * (dacs * 1e-12)}};
}

}  // namespace settle
