#include "settle/models/learning/host_memory.h"

#include "settle/models/learning/optimizer.h"

namespace settle {
namespace {

constexpr double number_bytes = 4;

// Of one sample: pixels, held states and differences, and the error.
double codes_of_sample(const ChipDesign& design) {
  const Graph& graph = design.graph;
  double states = 0;
  for (Index p = 1; p < graph.readout(); ++p) states += double(graph.population(p).size);
  return double(graph.population(0).size) * code_bytes(design.converter.dac_bits) +
         (2 * states + double(graph.population(graph.readout()).size)) * code_bytes(design.converter.adc_bits);
}

// Cells of the arrays that learn.
double trained_weights(const Graph& graph) {
  double weights = 0;
  for (const Projection& p : graph.projections)
    if (p.forward) weights += double(graph.connection(p)->cells());
  return weights;
}

}  // namespace

double code_bytes(std::int64_t bits) { return charged_bits(int(bits)) / 8.0; }

double state_bytes(const ChipDesign& design) {
  double states = 0;
  for (Index p = 1; p < design.graph.readout(); ++p) states += double(design.graph.population(p).size);
  return states * code_bytes(design.converter.adc_bits);
}

HostMemory host_memory(const ChipDesign& design, const LearningSpec& learning, Index batch, Index samples) {
  HostMemory memory;
  memory.codes = codes_of_sample(design);
  if (design.chip.host_samples == SampleMemory::sram)
    memory.samples = double(samples) * (double(design.graph.population(0).size) +
                                        (design.settling.start == Start::previous ? state_bytes(design) : 0));
  const double weights = trained_weights(design.graph);
  if (design.learning.update == Update::in_situ) {
    if (design.learning.transfer_every > 0) memory.owed = number_bytes * weights;
    return memory;
  }
  if (design.chip.host_accumulate == Accumulate::sram)
    memory.accumulators = number_bytes * weights;
  else
    memory.factors = double(batch) * memory.codes;
  memory.moments = number_bytes * weights * optimizer_family(learning.optimizer).moments;
  if (design.learning.update == Update::host) memory.owed = number_bytes * weights * (design.graph.replica ? 2 : 1);
  return memory;
}

}  // namespace settle
