// The nodes at which a deck and Settle are compared: the output of every hidden neuron, then the logits.
#pragma once

#include <string>
#include <vector>

#include "settle/models/chip/chip.h"

namespace settle {

struct Node {
  std::string name;  // in the deck
  Index population;
  double unit_v;     // what 1 is: full scale of a neuron, a logit of one
  bool starts_anew;  // in the clamped phase it carries what that adds alone (ClampedLines::differences)
};

std::vector<Node> compared_nodes(const ChipDesign& design);

/// Settle's values at the nodes, in their order: in the free phase, what the clamped phase adds to that, and in the
/// clamped phase: the sum of both, or, where lines carry differences, what it adds. Then the read-out is off in the
/// clamped phase, and logits are what its amplifiers make of nothing.
struct NodeValues {
  Vector<double> free, difference, clamped;
};

/// The values of the first sample of a chunk, logits as the chip's sense amplifiers leave them.
NodeValues node_values(const Chip& chip, const Chunk<float>& chunk);

}  // namespace settle
