// What the host keeps in memory, and how large that is.
#pragma once

#include "settle/models/chip/chip.h"

namespace settle {

/// Bytes of each thing that the host keeps; zero for what it does not.
struct HostMemory {
  double codes = 0;         // of the converters, of one sample
  double samples = 0;       // all samples, where they lie on the chip, and states that are kept of them
  double accumulators = 0;  // of gradients
  double factors = 0;       // the codes of a batch
  double moments = 0;       // the optimiser's
  double owed = 0;          // shares of pulses that arrays are owed

  /// What learning alone needs.
  double of_learning() const { return accumulators + factors + moments + owed; }
  /// What a chip needs that only infers, too.
  double always() const { return codes + samples; }
  double all() const { return always() + of_learning(); }
  /// Of the state that an update reads and writes.
  double updated() const { return accumulators + moments + owed; }
};

/// The memory of a host that learns with `learning` on a chip, from batches of at most `batch` samples; it has
/// `samples` samples in all.
HostMemory host_memory(const ChipDesign& design, const LearningSpec& learning, Index batch, Index samples);

/// Bytes of the codes of a sample's states, one for each neuron.
double state_bytes(const ChipDesign& design);

/// The bytes of a converter's code of so many bits, or of an exact one.
double code_bytes(std::int64_t bits);

}  // namespace settle
