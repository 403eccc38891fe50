// Threads over independent pieces of work. What a piece computes must not depend on which thread runs it.
#pragma once

#include <algorithm>
#include <functional>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// Calls body(i) for i in [0, count), on the calling thread and up to threads - 1 others, which are kept for the next
/// call. The caller waits only for pieces that others have begun, so a machine that is busy elsewhere costs no more
/// than its share. The exception of the smallest i that threw is rethrown here. Not to be called from a body.
void parallel_for(Index count, int threads, const std::function<void(Index)>& body);

/// Calls body(first, count) for pieces of [0, size), the last of which may be shorter.
template <class Body>
void for_pieces(Index size, Index piece, int threads, const Body& body) {
  parallel_for((size + piece - 1) / piece, threads,
               [&](Index k) { body(k * piece, std::min(piece, size - k * piece)); });
}

/// The number of threads to use when the user asks for `wanted`; 0 asks for one on each core.
int threads_for(std::int64_t wanted);
/// What threads_for(0) gives from now on, instead of a thread for each core: of a process that has been given fewer.
void set_default_threads(int count);

/// The width of a chunk for blocks cut from batches of `batch` samples. A function of the batch alone, so that every
/// product has the same shape, and the same last bit, for any block size and number of threads.
Index chunk_width(Index batch);

}  // namespace settle
