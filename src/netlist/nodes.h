// The nodes at which a deck and Settle are compared: the output of every hidden neuron, then the logits.
#pragma once

#include <string>
#include <vector>

#include "models/chip/chip.h"

namespace settle {

struct Node {
  std::string name;  // in the deck
  Index population;
  double unit_v;  // what 1 is: full scale of a neuron, a logit of one
};

std::vector<Node> compared_nodes(const ChipDesign& design);

/// Settle's values at the nodes, in their order: the free state, and what the clamped phase adds to it.
struct NodeValues {
  Vector<double> free, difference;

  Vector<double> total() const { return free + difference; }
};

/// The values of the first sample of a chunk, logits as the chip's sense amplifiers leave them. In the free phase
/// differences must have been released.
NodeValues node_values(const Chip& chip, const Chunk<float>& chunk);

}  // namespace settle
