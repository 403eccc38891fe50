#include "src/netlist/nodes.h"

#include <fmt/format.h>

#include "settle/models/settling/phase.h"

namespace settle {

std::vector<Node> compared_nodes(const ChipDesign& design) {
  const Graph& graph = design.graph;
  const double full_scale_v = design.chip.neuron_full_scale_v;
  const bool differences = design.learning.clamped_lines == ClampedLines::differences;
  std::vector<Node> nodes;
  for (Index p = 1; p <= graph.readout(); ++p)
    for (Index i = 0; i < graph.population(p).size; ++i)
      nodes.push_back({fmt::format("{}_v{}", graph.population(p).name, i), p,
                       p < graph.readout() ? full_scale_v : full_scale_v / design.converter.logit_full_scale,
                       differences});
  return nodes;
}

NodeValues node_values(const Chip& chip, const Chunk<float>& chunk) {
  const Circuit<float>& circuit = chip.circuit();
  NodeValues values;
  const auto append = [](Vector<double>& all, const Vector<float>& more, double factor) {
    all.conservativeResize(all.size() + more.size());
    all.tail(more.size()) = factor * more.cast<double>();
  };
  const Index outputs = circuit.size(circuit.readout());
  for (Index p = 1; p < circuit.readout(); ++p) {
    append(values.free, chunk.bank(p).state.col(chunk.first), 1);
    append(values.difference, chunk.bank(p).difference.col(chunk.first), circuit.signal(p));
  }
  Matrix<float> logits(outputs, chunk.count), change(outputs, chunk.count);
  read_logits(circuit, chunk, columns(logits, 0, chunk.count));
  read_logits_difference(circuit, chunk, columns(change, 0, chunk.count));
  append(values.free, logits.col(0), 1);
  append(values.difference, change.col(0), 1);
  const SenseStage& sense = chip.sense(circuit.readout());
  values.free.tail(outputs) = sense.signal().cwiseProduct(values.free.tail(outputs)) + sense.offset();
  if (circuit.clamped_lines() == ClampedLines::differences) {
    values.difference.tail(outputs).setZero();
    values.clamped = values.difference;
    values.clamped.tail(outputs) = sense.offset();
    return values;
  }
  values.difference.tail(outputs).array() *= sense.signal().array();
  values.clamped = values.free + values.difference;
  return values;
}

}  // namespace settle
