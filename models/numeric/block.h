// A block of samples: what travels in one transaction. The hardware takes them one by one; time and energy count each.
#pragma once

#include <algorithm>
#include <vector>

#include "settle/models/numeric/parallel.h"

namespace settle {

/// Blocks are cut into chunks of one width, a function of the batch alone, and the last one is padded. All arithmetic
/// and all bookings go chunk by chunk, so that neither the block's size nor the number of threads changes a byte.
struct Block {
  Index samples = 0;               // a column each; columns beyond are padding
  Index chunk = 1;                 // width of a chunk
  std::uint64_t first_sample = 0;  // number of the first one, counted over the whole run: a key of its noise
  int threads = 1;

  Index chunks() const { return (samples + chunk - 1) / chunk; }
  Index columns() const { return chunks() * chunk; }
  /// The number of samples in chunk k, without padding.
  Index count(Index k) const { return std::min(chunk, samples - k * chunk); }

  /// Calls body(k, first column, width) for every chunk, on several threads.
  template <class Body>
  void for_chunks(const Body& body) const {
    parallel_for(chunks(), threads, [&](Index k) { body(k, k * chunk, chunk); });
  }
};

}  // namespace settle
