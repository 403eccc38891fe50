// Threads over independent pieces of work. What a piece computes must not depend on which thread runs it.
#pragma once

#include <algorithm>
#include <exception>
#include <thread>

#include "models/numeric/matrix.h"

namespace settle {

/// Calls body(i) for i in [0, count) on up to `threads` threads. The first exception, by i, is rethrown here.
template <class Body>
void parallel_for(Index count, int threads, const Body& body) {
  std::exception_ptr failed;
  Index failed_at = count;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1 && count > 1)
  for (Index i = 0; i < count; ++i) {
    try {
      body(i);
    } catch (...) {
#pragma omp critical
      if (i < failed_at) {
        failed_at = i;
        failed = std::current_exception();
      }
    }
  }
  if (failed) std::rethrow_exception(failed);
}

/// The number of threads to use when the user asks for `wanted`; 0 asks for one on each core.
inline int threads_for(std::int64_t wanted) {
  return wanted > 0 ? int(wanted) : std::max(1, int(std::thread::hardware_concurrency()));
}

/// The width of a chunk for blocks cut from batches of `batch` samples. A function of the batch alone, so that every
/// product has the same shape, and the same last bit, for any block size and number of threads.
inline Index chunk_width(Index batch) {
  constexpr Index widest = 128;  // wide enough for the products, narrow enough to keep a chunk in cache
  const Index chunks = (batch + widest - 1) / widest;
  return (batch + chunks - 1) / chunks;
}

}  // namespace settle
