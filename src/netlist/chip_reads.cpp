#include "src/netlist/chip_reads.h"

#include <string>
#include <utility>

namespace settle {

std::vector<ChipRead> reads_of(Chip& chip) {
  const Graph& graph = chip.design().graph;
  std::vector<ChipRead> uses;
  for (std::size_t i = 0; i < chip.circuit().reads().size(); ++i) {
    const Read<float>& read = chip.circuit().reads()[i];
    const Projection& p = graph.projections[read.projection];
    const std::string name = graph.name(p);
    const bool transposed = read.side == Side::bit_lines;
    const bool own = !read.forward() && !transposed;
    ChipRead use{{read.forward() ? name : name + "_back", name + (own ? "_back_array" : "_array"),
                  &chip.array_of_read(i).model(), transposed},
                 read.driver,
                 read.sink,
                 read.role,
                 /*gain=*/read.gain,
                 /*clamped_gain=*/read.gain};
    if (read.role == Role::recurrent || read.role == Role::nudge) {
      use.gain = chip.circuit().line_gain(read, /*clamped=*/false);
      use.clamped_gain = chip.circuit().line_gain(read, /*clamped=*/true);
    } else {
      use.free_only = chip.circuit().clamped_lines() == ClampedLines::differences;
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

double count_resistors(const ChipDesign& design) {
  const Wires& wires = design.crossbar.wires;
  const double per_cell = 1.0 + (wires.word_ohm > 0 ? 1 : 0) + (wires.bit_ohm > 0 ? 1 : 0);
  const auto cells = [&](Index targets, Index sources) {
    double sum = 0;
    for (const ArrayLayout& array : arrays(design.crossbar.mapping, design.crossbar.tiling, targets, sources))
      sum += double(array.sources) * double(array.bit_lines.size());
    return sum;
  };
  double sum = 0;
  for (const Projection& p : design.graph.projections) {
    const auto connection = design.graph.connection(p);
    const Index sources = connection->word_lines(), targets = connection->bit_lines();
    if (p.forward) sum += per_cell * cells(targets, sources);
    if (p.backward)
      // NOLINTNEXTLINE(readability-suspicious-call-argument): feedback of its own goes the other way
      sum += per_cell * (design.graph.has_own_feedback() ? cells(sources, targets) : cells(targets, sources));
  }
  return sum;
}

}  // namespace settle
