// Which samples make up which batch, and in which order batches come.
#pragma once

#include <cstdint>
#include <vector>

#include "settle/models/numeric/random.h"

namespace settle {

/// Batches are composed once, by chance; only their order changes from epoch to epoch (as in the paper's code).
class Batches {
 public:
  /// Of `size` of the samples 0 .. samples - 1 each; the last one may be smaller.
  Batches(Index samples, Index size, std::uint64_t seed);

  /// The batches in the order of this epoch, from 1 on: a function of the seed and the epoch, whatever was asked for
  /// before. The order of an epoch is a shuffle of that of the epoch before.
  const std::vector<std::vector<Index>>& for_epoch(int epoch);
  std::int64_t count() const { return std::int64_t(batches_.size()); }

 private:
  Stream stream_;
  std::vector<std::vector<Index>> composed_, batches_;
  int shuffled_ = 0;  // the epoch that batches_ are in the order of; 0: as composed
};

}  // namespace settle
