#include "settle/models/cost/area.h"

#include <algorithm>

namespace settle {

std::vector<AreaRow> chip_area(const ChipSpec& chip, const CostSpec& cost, const Graph& graph, const AreaParts& parts) {
  double cells = 0, neurons = 0, converters = 0, lines = 0;
  for (const Projection& p : graph.projections) {
    const auto connection = graph.connection(p);
    const bool two_arrays = graph.has_own_feedback() && p.forward && p.backward;
    cells += parts.cells_per_weight * double(connection->cells()) * (two_arrays ? 2 : 1);
    lines += double((p.forward ? connection->word_lines() : 0) + (p.backward ? connection->bit_lines() : 0));
  }
  const auto adcs = [&](Index columns) {
    const Index whole = (columns + chip.adc_columns - 1) / chip.adc_columns;
    return double(whole);
  };
  for (Index p = 1; p <= graph.readout(); ++p) {
    if (graph.is_hidden(p)) neurons += double(graph.population(p).size);
    converters += adcs(graph.population(p).size);
  }
  // without a projection back from the read-out, as in a perceptron, nothing is nudged
  const bool nudged = std::any_of(graph.projections.begin(), graph.projections.end(),
                                  [&](const Projection& p) { return p.backward && p.target == graph.readout(); });
  const double dacs = double(graph.population(0).size + (nudged ? graph.population(graph.readout()).size : 0)) +
                      (parts.presets ? neurons : 0);
  const double bits = dacs * charged_bits(parts.dac_bits) + converters * charged_bits(parts.adc_bits);
  const double adc_um2 = cost.adc_area_um2[1] * relative_converter_area(cost, parts.adc_bits) *
                         interleaved_converters(chip, cost, parts.adc_bits),
               dac_um2 = cost.dac_area_um2[1] * relative_converter_area(cost, parts.dac_bits);
  constexpr double square_um = 1e-12;
  const double square_m = double(chip.node) * double(chip.node) * 1e-18;
  std::vector<AreaRow> rows = {
      {"cells", cells, cost.cell_area_f2[1] * cells * square_m, "cost.cell_area_f2"},
      {"neurons", neurons, cost.neuron_area_um2[1] * neurons * square_um, "cost.neuron_area_um2"},
      {"hold and difference amplifiers", neurons, cost.hold_area_um2[1] * neurons * square_um, "cost.hold_area_um2"},
      {"sense amplifiers", parts.sense_amplifiers, cost.sense_area_um2[1] * parts.sense_amplifiers * square_um,
       "cost.sense_area_um2"},
      {"line drivers", lines, cost.driver_area_um2[1] * lines * square_um, "cost.driver_area_um2"},
      {"decoders", parts.decoded_lines, cost.decoder_area_um2[1] * parts.decoded_lines * square_um,
       "cost.decoder_area_um2"},
      {"ADCs", converters, adc_um2 * converters * square_um, "cost.adc_area_um2"},
      {"DACs", dacs, dac_um2 * dacs * square_um, "cost.dac_area_um2"},
      {"links of codes", bits, cost.link_area_um2[1] * bits * square_um, "cost.link_area_um2"}};
  if (parts.subtractors)
    rows.push_back({"second holds and subtractors", neurons, cost.subtractor_area_um2[1] * neurons * square_um,
                    "cost.subtractor_area_um2"});
  if (parts.lock_in_phases > 0) {
    const double capacitors = neurons * parts.lock_in_phases;
    rows.push_back(
        {"lock-in capacitors", capacitors, cost.lock_in_area_um2[1] * capacitors * square_um, "cost.lock_in_area_um2"});
  }
  return rows;
}

std::vector<AreaRow> host_area(const ChipSpec& chip, const CostSpec& cost, double memory_bytes) {
  return {{"host memory", 8 * memory_bytes, sram_area_m2(chip, cost, memory_bytes), "cost.sram_bit_area_um2"},
          {"host logic", double(chip.host_lanes), host_logic_area_m2(chip, cost), "cost.host_lane_area_um2"}};
}

}  // namespace settle
